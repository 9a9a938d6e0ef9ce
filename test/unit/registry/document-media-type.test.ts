import assert from "node:assert/strict";
import { test } from "node:test";
import { call } from "../../doubles/connector.ts";
import { plainService, registered, registryScene, servicesPath } from "../../doubles/registry.ts";
import { startTarget } from "../../doubles/target.ts";

test("document media type - a fetched specification is called what it is, not what its name says", async (context) => {
  await using target = await startTarget();
  const { origin } = await registryScene(context);
  for (const [type, content] of [
    ["application/json", '{"openapi":"3.0.0"}'],
    ["application/json", " [1]"],
    ["application/yaml", "openapi: 3.0.0\n"],
    ["application/xml", "\n<application/>"],
    ["application/xml", '\uFEFF<?xml version="1.0"?><a/>'],
    ["text/plain; charset=utf-8", "<html><p></html>"],
    ["text/plain; charset=utf-8", "not found"],
  ] as const) {
    target.answering = (answered) => answered.respond(200, {}, content);
    const api = { targetUrl: "https://a.example", specificationUrl: `${target.url}/spec` };
    const id = await registered(origin, plainService(`${type} ${content.length}`, { api }));
    const answer = await call(origin, `${servicesPath()}/${id}/specs/openapi`);
    assert.deepEqual([answer.status, answer.headers["content-type"]], [200, type], content);
    assert.equal(answer.text, content);
  }
  const bytes = Buffer.from([0xff, 0xfe, 0x80]);
  target.answering = async (answered) => {
    await answered.write(`HTTP/1.1 200 OK\r\nContent-Length: ${bytes.length}\r\n\r\n`);
    await answered.write(bytes);
  };
  const api = { targetUrl: "https://a.example", specificationUrl: `${target.url}/spec` };
  const id = await registered(origin, plainService("no text", { api }));
  const answer = await call(origin, `${servicesPath()}/${id}/specs/openapi`);
  assert.equal(answer.headers["content-type"], "application/octet-stream");
});

test("document media type - OData is XML or JSON, as its name says", async (context) => {
  await using target = await startTarget();
  const { origin } = await registryScene(context);
  for (const [type, content] of [
    ["application/xml", "<edmx:Edmx/>"],
    ["application/json", '{"$Version":"4.0"}'],
  ] as const) {
    target.answering = (answered) => answered.respond(200, {}, content);
    const api = { targetUrl: target.url, apiType: "odata" };
    const id = await registered(origin, plainService(type, { api }));
    const answer = await call(origin, `${servicesPath()}/${id}/specs/odata`);
    assert.deepEqual([answer.status, answer.headers["content-type"]], [200, type]);
  }
});
