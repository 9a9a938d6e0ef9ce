import assert from "node:assert/strict";
import { test } from "node:test";
import { parse } from "yaml";
import { API_DOCUMENT } from "../../../src/connector/api-document.ts";
import { call, connectorScene } from "../../doubles/connector.ts";
import { connectRaw } from "../../doubles/raw-client.ts";

const error = (code: number, text: string) => `${JSON.stringify({ code, error: text })}\n`;
const NOT_FOUND = error(404, "Requested resource could not be found.");
const NOT_ALLOWED = error(405, "Method not allowed.");

test("router - unknown paths are 404, a slash at the end is another path, and runtimes need central mode", async (context) => {
  const { internal, external } = await connectorScene(context);
  for (const path of [
    "/",
    "/v2",
    "/v1/",
    "/v1/applications",
    "/v1/applications/certificates/",
    "/v1/applications/tokens",
    "/v1/runtimes/certificates",
    "/v1/runtimes/management/info",
    "/V1/health",
    "*",
  ]) {
    const answer = await call(external, path, { method: "POST" });
    assert.deepEqual([answer.status, answer.text], [404, NOT_FOUND], path);
  }
  assert.equal((await call(internal, "/v1/applications/signingRequests/info")).text, NOT_FOUND);
  assert.equal((await call(internal, "/v1/applications/a/b/certificates")).text, NOT_FOUND);
});

test("router - a known path with another method is 405 and names the right one; HEAD is not GET", async (context) => {
  const { internal, external } = await connectorScene(context);
  for (const [origin, path, allow, methods] of [
    [external, "/v1/applications/signingRequests/info", "GET", ["POST", "PUT", "DELETE", "OPTIONS"]],
    [external, "/v1/applications/certificates", "POST", ["GET", "PATCH"]],
    [external, "/v1/applications/management/info", "GET", ["POST"]],
    [external, "/v1/api.yaml", "GET", ["POST"]],
    [internal, "/v1/applications/tokens", "POST", ["GET"]],
  ] as const) {
    for (const method of methods) {
      const answer = await call(origin, path, { method });
      assert.deepEqual([answer.status, answer.text, answer.headers.allow], [405, NOT_ALLOWED, allow], method);
    }
    const head = await call(origin, path, { method: "HEAD" });
    assert.deepEqual([head.status, head.text], [405, ""]);
  }
});

test("router - paths that mean something else to others are 400", async (context) => {
  const { external } = await connectorScene(context);
  for (const path of [
    "//v1/health",
    "/v1//health",
    "/v1/../v1/health",
    "/v1/./health",
    "/v1/%2e%2e/health",
    "/v1%2fhealth",
    "/v1/health%00",
    "/v1\\health",
    "/v1/%zz",
  ]) {
    const answer = await call(external, path);
    assert.equal(answer.status, 400, path);
    assert.match(answer.text, /^\{"code":400,"error":"Path is not accepted: [^"]+\."\}\n$/, path);
  }
});

test("router - an absolute form is its path, and two lengths or hosts are refused", async (context) => {
  const { external } = await connectorScene(context);
  const port = Number(new URL(external).port);
  await using client = await connectRaw(port);
  await client.request("GET", "http://elsewhere.example.com/v1/health");
  assert.equal((await client.response()).status, 200);
  await client.request("GET", "/v1/health", { headers: ["Host: a", "Host: b"] });
  const answer = await client.response();
  assert.equal(answer.status, 400);
  await client.closed;
});

test("router - health is empty on every listener", async (context) => {
  const { internal, external } = await connectorScene(context);
  for (const origin of [internal, external]) {
    const answer = await call(origin, "/v1/health");
    assert.deepEqual([answer.status, answer.text], [200, ""]);
  }
});

test("api document - /v1 leads to it, and it is plain text with a date", async (context) => {
  const { external } = await connectorScene(context);
  const moved = await call(external, "/v1");
  assert.deepEqual([moved.status, moved.headers.location], [301, "/v1/api.yaml"]);
  const { status, headers, text } = await call(external, "/v1/api.yaml");
  assert.deepEqual([status, headers["content-type"], text], [200, "text/plain; charset=utf-8", API_DOCUMENT]);
  assert.equal(Number.isNaN(Date.parse(headers["last-modified"] ?? "")), false);
  const again = await call(external, "/v1/api.yaml", {
    headers: { "If-Modified-Since": headers["last-modified"] ?? "" },
  });
  assert.deepEqual([again.status, again.text], [304, ""]);
});

test("api document - parts of it are given on request", async (context) => {
  const { external } = await connectorScene(context);
  const size = Buffer.byteLength(API_DOCUMENT);
  const modified = (await call(external, "/v1/api.yaml")).headers["last-modified"] ?? "";
  for (const [range, status, contentRange, text] of [
    ["bytes=0-6", 206, `bytes 0-6/${size}`, "openapi"],
    ["bytes=9-", 206, `bytes 9-${size - 1}/${size}`, API_DOCUMENT.slice(9)],
    ["bytes=-5", 206, `bytes ${size - 5}-${size - 1}/${size}`, API_DOCUMENT.slice(-5)],
    [`bytes=0-${size * 2}`, 206, `bytes 0-${size - 1}/${size}`, API_DOCUMENT],
    [`bytes=-${size * 2}`, 206, `bytes 0-${size - 1}/${size}`, API_DOCUMENT],
    [`bytes=${size}-`, 416, `bytes */${size}`, ""],
    ["bytes=-0", 416, `bytes */${size}`, ""],
    ["bytes=5-2", 200, undefined, API_DOCUMENT],
    ["bytes=0-1,3-4", 200, undefined, API_DOCUMENT],
    ["lines=0-1", 200, undefined, API_DOCUMENT],
  ] as const) {
    const answer = await call(external, "/v1/api.yaml", { headers: { Range: range } });
    assert.deepEqual(
      [answer.status, answer.headers["content-range"], answer.text],
      [status, contentRange, text],
      range,
    );
  }
  const part = (condition: string) =>
    call(external, "/v1/api.yaml", { headers: { Range: "bytes=0-1", "If-Range": condition } });
  assert.equal((await part(modified)).status, 206);
  assert.equal((await part("Thu, 01 Jan 1970 00:00:00 GMT")).status, 200);
});

test("api document - it is OpenAPI 3.1, and describes exactly the paths and methods that are there", async (context) => {
  const { external } = await connectorScene(context, { central: true });
  const document = parse(API_DOCUMENT) as { openapi: string; paths: Record<string, Record<string, unknown>> };
  assert.equal(document.openapi, "3.1.0");
  const references = [...API_DOCUMENT.matchAll(/\$ref: "#\/([^"]+)"/g)].map(
    ([, reference = ""]) => reference,
  );
  for (const reference of references) {
    let found: unknown = document;
    for (const step of reference.split("/")) found = (found as Record<string, unknown>)[step];
    assert.notEqual(found, undefined, reference);
  }
  for (const [path, methods] of Object.entries(document.paths)) {
    const { status, headers } = await call(external, path, { method: "TRACE" });
    assert.deepEqual([status, headers.allow?.toLowerCase()], [405, Object.keys(methods).join(", ")], path);
  }
  assert.equal(Object.keys(document.paths).length, 14);
});
