import { deepEqual, equal, match } from "node:assert/strict";
import { test } from "node:test";
import { call } from "../../doubles/connector.ts";
import { plainService, put, registered, registryScene, servicesPath } from "../../doubles/registry.ts";
import { startTarget } from "../../doubles/target.ts";

test("registry kept specification - with the policy warn a change whose fetch fails leaves the former specification, and tells so", async (context) => {
  const spec = '{"openapi":"3.0.0","info":{"title":"former"}}';
  const answers: [number, string][] = [[200, spec]];
  await using target = await startTarget((answered) => {
    const [status, body] = answers.shift() ?? [503, ""];
    return answered.respond(status, {}, body);
  });
  const { origin } = await registryScene(context, { options: { specFetchPolicy: "warn" } });
  const api = { targetUrl: "https://a.example", specificationUrl: `${target.url}/spec` };
  const events = { spec: { asyncapi: "2.0.0" } };
  const id = await registered(origin, plainService("a", { api }));
  const types = async () => {
    const { text } = await call(origin, `${servicesPath()}/${id}/specs`);
    return (JSON.parse(text) as { type: string }[]).map(({ type }) => type).toSorted();
  };
  const changed = await put(origin, id, plainService("a", { api, events }));
  equal(changed.status, 200, changed.text);
  match(String(changed.headers["warning"]), /failed with status 503 .*The former specification stays/);
  deepEqual(await types(), ["asyncapi", "openapi"]);
  equal((await call(origin, `${servicesPath()}/${id}/specs/openapi`)).text, spec);
  answers.push([200, '{"openapi":"3.0.0","info":{"title":"next"}}']);
  equal((await call(origin, `${servicesPath()}/${id}/specs/refresh`, { method: "POST" })).status, 200);
  match((await call(origin, `${servicesPath()}/${id}/specs/openapi`)).text, /next/);
  // One of another kind is not what was asked for, and neither is one where no URL is named any more.
  const other = await put(origin, id, plainService("a", { api: { ...api, apiType: "odata" }, events }));
  equal(String(other.headers["warning"]).includes("former"), false);
  deepEqual(await types(), ["asyncapi"]);
  answers.push([200, spec]);
  equal((await put(origin, id, plainService("a", { api }))).status, 200);
  equal((await put(origin, id, plainService("a", { api: { targetUrl: "https://a.example" } }))).status, 200);
  deepEqual(await types(), []);
});

test("registry kept specification - what was read can be sent back without a specification that is a text", async (context) => {
  const text = "openapi: 3.0.0\ninfo: { title: a, version: '1' }\npaths: {}\n";
  await using target = await startTarget((answered) => answered.respond(200, {}, text));
  const { origin } = await registryScene(context);
  const api = { targetUrl: "https://a.example", specificationUrl: `${target.url}/spec` };
  const id = await registered(origin, plainService("a", { api }));
  const shown = JSON.parse((await call(origin, `${servicesPath()}/${id}`)).text) as {
    api: { spec?: unknown };
  };
  equal(shown.api.spec, text);
  equal((await put(origin, id, shown)).status, 400);
  delete shown.api.spec;
  equal((await put(origin, id, shown)).status, 200);
  equal((await call(origin, `${servicesPath()}/${id}/specs/openapi`)).text, text);
});
