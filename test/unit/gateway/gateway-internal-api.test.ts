import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { systemClock } from "../../../src/core/clock.ts";
import type { Application } from "../../../src/core/resources/application.ts";
import type { New } from "../../../src/core/resources/resource.ts";
import { GatewayInternalApi } from "../../../src/gateway/inspection/gateway-internal-api.ts";
import { Inspection } from "../../../src/gateway/inspection/inspection.ts";
import { startListener } from "../../../src/http/listener.ts";
import { EgressPolicy } from "../../../src/outbound/egress-policy.ts";
import { api, application, service, shop } from "../../doubles/applications.ts";
import { eventually } from "../../doubles/eventually.ts";
import { holdApplication } from "../../doubles/held-application.ts";
import { startTarget } from "../../doubles/target.ts";

/** The gateway's part of what is below /v1, on a socket of its own. */
async function serve(context: TestContext, value: New<Application>) {
  const { held, compile } = holdApplication(context, value);
  const find = (name: string) => (name === value.metadata.name ? held : undefined);
  const surprises: unknown[] = [];
  const answers = new GatewayInternalApi({
    inspection: new Inspection({ held: find, names: () => [] }, compile, systemClock),
    urls: { gatewayUrl: "http://gw:8080", compassUrl: "http://gw:8082" },
    checker: {
      outbound: {
        options: { deniedNetworks: [], caFile: "", connectTimeout: 5000, idleTimeout: 5000 },
        policy: new EgressPolicy(),
        proxies: undefined,
      },
      clock: systemClock,
      timeout: 60_000,
      requireOwnSecrets: false,
    },
    surprised: (error) => surprises.push(error),
  });
  const handler = answers.handle;
  const listener = await startListener({ host: "127.0.0.1", port: 0, setting: "test", handler });
  context.after(() => listener.close());
  const ask = (path: string, init?: RequestInit) => fetch(`${listener.origin}/v1/applications/${path}`, init);
  return { answers, ask, surprises };
}

test("gateway answers - only what is about services and checks is theirs", async (context) => {
  const { answers } = await serve(context, shop("https://erp.example/"));
  const theirs = ["/v1/applications/shop/services", "/v1/applications/shop/check?service=a"];
  const others = ["/v1/applications/tokens", "/v1/applications/a/b/check", "/v1/applications/shop/checks"];
  assert.deepEqual(
    [...theirs, ...others].map((target) => answers.serves(target)),
    [true, true, false, false, false],
  );
});

test("gateway answers - what there is not is 404 as JSON, and each path has its one method", async (context) => {
  const { ask } = await serve(context, application("shop", [service("News", [{ type: "Events" }])]));
  const POST = { method: "POST" };
  for (const [path, init, status, allow] of [
    ["erp/services", {}, 404, null],
    ["erp/check", POST, 404, null],
    ["shop/check", POST, 404, null],
    ["shop/services", POST, 405, "GET"],
    ["shop/check", {}, 405, "POST"],
  ] as const) {
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    const answer = await ask(path, init);
    assert.deepEqual([answer.status, answer.headers.get("allow")], [status, allow], path);
    // oxlint-disable-next-line no-await-in-loop -- as above
    assert.equal(((await answer.json()) as { readonly code: number }).code, status);
  }
});

test("gateway answers - a fifth check at a time is told to come back, and may when another has ended", async (context) => {
  await using target = await startTarget(() => {});
  const { ask, surprises } = await serve(
    context,
    application("shop", [service("Orders", [api(target.url)])]),
  );
  const leaving = Array.from({ length: 4 }, () => new AbortController());
  const check = (signal?: AbortSignal) => ask("shop/check", { method: "POST", ...(signal && { signal }) });
  const running = await Promise.all(leaving.map(({ signal }) => check(signal)));
  assert.deepEqual(
    running.map(({ status }) => status),
    [200, 200, 200, 200],
  );
  const refused = await check();
  assert.deepEqual([refused.status, refused.headers.get("retry-after")], [429, "5"]);
  await eventually(() => assert.equal(target.connections, 4));
  for (const one of leaving) one.abort();
  await eventually(() => assert.equal(target.connections, 0));
  target.answering = (call) => call.respond(200);
  const answer = await eventually(async () => {
    const again = await check();
    assert.equal(again.status, 200);
    return again;
  });
  assert.equal(answer.headers.get("content-type"), "application/x-ndjson");
  const kinds = (await answer.text())
    .trimEnd()
    .split("\n")
    .map((line) => (JSON.parse(line) as { readonly kind: string }).kind);
  assert.deepEqual(kinds, ["running", "api", "end"]);
  assert.deepEqual(surprises, []);
});
