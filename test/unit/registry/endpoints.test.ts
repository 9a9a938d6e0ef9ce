import { deepEqual, equal, match, ok } from "node:assert/strict";
import { test } from "node:test";
import { call } from "../../doubles/connector.ts";
import {
  fullService,
  plainService,
  post,
  put,
  registered,
  registryScene,
  send,
  servicesPath,
} from "../../doubles/registry.ts";

const JSON_TYPE = "application/json;charset=UTF-8";
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const UNKNOWN = "00000000-0000-4000-8000-000000000000";

test("registry endpoints - a service is registered, listed, shown, changed and removed", async (context) => {
  const { origin } = await registryScene(context);
  const posted = await post(origin, fullService({ identifier: "acme-orders" }));
  equal(posted.status, 200, posted.text);
  equal(posted.headers["content-type"], JSON_TYPE);
  match(posted.text, /^\{"id":"[^"]+"\}\n$/);
  const { id } = JSON.parse(posted.text) as { id: string };
  match(id, UUID);
  const list = await call(origin, servicesPath());
  deepEqual(JSON.parse(list.text), [
    {
      id,
      provider: "Acme",
      name: "Orders API",
      description: "All about orders",
      identifier: "acme-orders",
      labels: { "connected-app": "shop", team: "shop" },
    },
  ]);
  match(list.text, /^\[\{"id":.*\}\]\n$/);
  const one = await call(origin, `${servicesPath()}/${id}`);
  equal(one.status, 200, one.text);
  equal(one.headers["content-type"], JSON_TYPE);
  ok(one.text.endsWith("}\n"));
  deepEqual(JSON.parse(one.text), {
    provider: "Acme",
    name: "Orders API",
    description: "All about orders",
    identifier: "acme-orders",
    labels: { "connected-app": "shop", team: "shop" },
    api: {
      targetUrl: "https://orders.acme.example/v2",
      credentials: { basic: { username: "********", password: "********" } },
      spec: {
        swagger: "2.0",
        info: { title: "o", version: "1" },
        paths: {},
        schemes: ["http"],
        host: "localhost:8080",
        basePath: "/shop/orders-api",
      },
      requestParameters: { headers: { "X-Tenant": ["7"] }, queryParameters: { lang: ["en"] } },
    },
    events: { spec: { asyncapi: "2.0.0", info: { title: "o", version: "1" }, channels: {} } },
    documentation: { displayName: "Docs", description: "d", type: "html" },
  });
  const changed = await put(origin, id, plainService("orders api", { identifier: "other" }));
  equal(changed.status, 200, changed.text);
  deepEqual(JSON.parse(changed.text), {
    provider: "Acme",
    name: "orders api",
    description: "orders api",
    identifier: "acme-orders",
    labels: { "connected-app": "shop" },
  });
  const after = await call(origin, `${servicesPath()}/${id}`);
  deepEqual(Object.keys(JSON.parse(after.text) as object).toSorted(), [
    "description",
    "identifier",
    "labels",
    "name",
    "provider",
  ]);
  for (let time = 0; time < 2; time++) {
    const removed = await call(origin, `${servicesPath()}/${id}`, { method: "DELETE" });
    equal(removed.status, 204);
    equal(removed.text, "");
    equal(removed.headers["content-type"], JSON_TYPE);
  }
  equal((await call(origin, servicesPath())).text, "[]\n");
});

test("registry endpoints - what is missing or refused is answered with the texts of the original", async (context) => {
  const { origin } = await registryScene(context);
  const id = await registered(origin, fullService({ identifier: "mine" }));
  const cases: readonly (readonly [string, Promise<{ status: number; text: string }>, number, string])[] = [
    ["no such path", call(origin, "/shop/v1/metadata/things"), 404, "Requested resource could not be found."],
    ["slash at the end", call(origin, `${servicesPath()}/`), 404, "Requested resource could not be found."],
    ["method", call(origin, servicesPath(), { method: "PATCH" }), 405, "Method not allowed."],
    ["empty body", post(origin, ""), 400, "Failed to unmarshal request body, unexpected end of JSON input"],
    [
      "neither",
      post(origin, { provider: "a", name: "b", description: "c" }),
      400,
      "Failed to validate request body, At least one of service definition attributes: 'api', 'events' have to be provided",
    ],
    [
      "identifier taken",
      post(origin, plainService("other", { identifier: "mine" })),
      409,
      "Creating service failed, Service with Identifier mine already exists",
    ],
    [
      "name taken",
      post(origin, plainService("orders---api")),
      400,
      "Creating service in Application failed, Service with name orders---api already exists",
    ],
    [
      "rename",
      put(origin, id, plainService("Other")),
      400,
      `Updating ${id} service failed, updating service in Application repository failed, Cannot change service name to Other for service with ID ${id}`,
    ],
    [
      "POST without Application",
      post(origin, plainService("a"), "gone"),
      404,
      "Getting Application UID failed, Application gone not found",
    ],
    [
      "POST with identifier without Application",
      post(origin, plainService("a", { identifier: "b" }), "gone"),
      404,
      "Creating service failed, Checking identifier failed, Reading services from Application failed, Application gone not found",
    ],
    [
      "list without Application",
      call(origin, servicesPath("gone")),
      404,
      "Reading services from Application failed, Application gone not found",
    ],
    [
      "GET without Application",
      call(origin, `${servicesPath("gone")}/${UNKNOWN}`),
      404,
      `Reading service with ID ${UNKNOWN} failed, Application gone not found`,
    ],
    [
      "GET without service",
      call(origin, `${servicesPath()}/${UNKNOWN}`),
      404,
      `Reading service with ID ${UNKNOWN} failed, Service with ID ${UNKNOWN} not found`,
    ],
    [
      "PUT without service",
      put(origin, UNKNOWN, plainService("a")),
      404,
      `Updating ${UNKNOWN} service failed, Reading service with ID ${UNKNOWN} failed, Service with ID ${UNKNOWN} not found`,
    ],
    [
      "DELETE without Application",
      call(origin, `${servicesPath("gone")}/${UNKNOWN}`, { method: "DELETE" }),
      404,
      "Deleting service from Application repository failed, Application gone not found",
    ],
  ];
  for (const [name, answering, code, error] of cases) {
    const { status, text } = await answering;
    equal(status, code, `${name}: ${text}`);
    deepEqual(JSON.parse(text), { code, error }, name);
  }
});

test("registry endpoints - a HEAD request to a service is refused with the methods that there are", async (context) => {
  const { origin } = await registryScene(context);
  const answer = await call(origin, servicesPath(), { method: "HEAD" });
  equal(answer.status, 405);
  equal(answer.headers["allow"], "GET, POST");
});

test("registry endpoints - paths that are not clean are redirected to what they mean", async (context) => {
  const { origin } = await registryScene(context);
  for (const [path, location] of [
    ["//shop//v1/metadata/services?a=b", "/shop/v1/metadata/services?a=b"],
    ["/shop/./v1/x/../metadata/services/", "/shop/v1/metadata/services/"],
    ["//evil.example/", "/evil.example/"],
    ["/shop/v1/metadata", "/shop/v1/metadata/api.yaml"],
  ] as const) {
    const answer = await call(origin, path);
    equal(answer.status, 301, path);
    equal(answer.headers.location, location);
  }
  const posted = await call(origin, "/shop/v1/metadata", { method: "POST", body: "{}" });
  equal(posted.status, 301);
  equal((await call(origin, "/shop/v1/metadata/services/%zz")).status, 400);
});

test("registry endpoints - the document of the API is a file at both of its places", async (context) => {
  const { origin } = await registryScene(context);
  for (const path of ["/shop/v1/metadata/api.yaml", "/any/v1/metadataapi.yaml"]) {
    const whole = await call(origin, path);
    equal(whole.status, 200);
    equal(whole.headers["content-type"], "text/plain; charset=utf-8");
    match(whole.text, /^openapi: 3\.0\.0\n/);
    const since = whole.headers["last-modified"] ?? "";
    const again = await call(origin, path, { headers: { "If-Modified-Since": since } });
    equal(again.status, 304);
    equal(again.text, "");
    const part = await call(origin, path, { headers: { Range: "bytes=0-6" } });
    equal(part.status, 206);
    equal(part.text, "openapi");
  }
});

test("registry endpoints - health has neither a body nor a content type", async (context) => {
  const { origin } = await registryScene(context);
  const answer = await call(origin, "/v1/health");
  equal(answer.status, 200);
  equal(answer.text, "");
  equal(answer.headers["content-type"], undefined);
});

test("registry endpoints - a body above the limit is refused in the form of all errors", async (context) => {
  const { origin } = await registryScene(context, { options: { maxBody: 1000 } });
  const body = JSON.stringify(plainService("a".repeat(2000)));
  for (const headers of [{}, { "Transfer-Encoding": "chunked" }]) {
    const answer = await call(origin, servicesPath(), { method: "POST", headers, body });
    equal(answer.status, 413);
    deepEqual(JSON.parse(answer.text), { code: 413, error: "Request body is larger than 1000 bytes." });
  }
});

test("registry endpoints - a password in a URL is masked in the text of an error", async (context) => {
  const { origin } = await registryScene(context);
  const api = { targetUrl: "http://anna:geheim@ no" };
  const answer = await post(origin, plainService("a", { api }));
  equal(answer.status, 400);
  ok(!answer.text.includes("geheim"), answer.text);
  match(answer.text, /targetUrl: http:\/\/\*\*\*:\*\*\*@ no does not validate as url/);
});

test("registry endpoints - a service is found by its identifier", async (context) => {
  const { origin } = await registryScene(context);
  await registered(origin, plainService("one", { identifier: "first" }));
  const id = await registered(origin, plainService("two", { identifier: "second" }));
  const found = await call(origin, `${servicesPath()}?identifier=second`);
  deepEqual(
    (JSON.parse(found.text) as { id: string }[]).map((service) => service.id),
    [id],
  );
  equal((await call(origin, `${servicesPath()}?identifier=third`)).text, "[]\n");
});

test("registry endpoints - services are listed page by page where a limit is given", async (context) => {
  const { origin } = await registryScene(context);
  const ids: string[] = [];
  // oxlint-disable-next-line no-await-in-loop -- in this order
  for (const name of ["a", "b", "c", "d", "e"]) ids.push(await registered(origin, plainService(name)));
  const idsOf = (text: string) => (JSON.parse(text) as { id: string }[]).map(({ id }) => id);
  const pages: (readonly string[])[] = [];
  let next: string | undefined = "?limit=2";
  while (next !== undefined) {
    // oxlint-disable-next-line no-await-in-loop -- one page after the other
    const page: Awaited<ReturnType<typeof call>> = await call(origin, `${servicesPath()}${next}`);
    equal(page.status, 200, page.text);
    pages.push(idsOf(page.text));
    next = /^<(\?[^>]+)>; rel="next"$/.exec(String(page.headers.link ?? ""))?.[1];
    // One that was on the page is removed before the next is read.
    // oxlint-disable-next-line no-await-in-loop -- as above
    if (pages.length === 1) await call(origin, `${servicesPath()}/${ids[1]}`, { method: "DELETE" });
  }
  deepEqual(pages, [ids.slice(0, 2), ids.slice(2, 4), ids.slice(4)]);
  const whole = await call(origin, `${servicesPath()}?limit=4`);
  deepEqual([idsOf(whole.text).length, whole.headers.link], [4, undefined]);
  for (const query of [
    "limit=",
    "limit=0",
    "limit=x",
    "limit=x&identifier=acme",
    "limit=2&continue=nonsense",
  ]) {
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    const refused = await call(origin, `${servicesPath()}?${query}`);
    equal(refused.status, 400);
    match(refused.text, /^\{"code":400,"error":"Invalid request: /);
  }
});

test("registry endpoints - If-Match refuses a change of what was changed meanwhile", async (context) => {
  const { origin } = await registryScene(context);
  const id = await registered(origin, fullService());
  const path = `${servicesPath()}/${id}`;
  const { etag = "" } = (await call(origin, path)).headers;
  equal((await call(origin, path, { headers: { "If-None-Match": etag } })).status, 304);
  const basic = { username: "anna", password: "neu" };
  const api = { targetUrl: "https://orders.acme.example/v2", credentials: { basic } };
  const first = await put(origin, id, fullService({ api }), { "If-Match": etag });
  equal(first.status, 200, first.text);
  const second = await put(origin, id, fullService(), { "If-Match": etag });
  equal(second.status, 412, "the password is another one since");
  deepEqual(JSON.parse(second.text), {
    code: 412,
    error: `Service with ID ${id} has been changed meanwhile`,
  });
  equal((await call(origin, path, { method: "DELETE", headers: { "If-Match": etag } })).status, 412);
  const now = first.headers.etag ?? "";
  equal((await call(origin, path)).headers.etag, now);
  equal((await call(origin, path, { method: "DELETE", headers: { "If-Match": now } })).status, 204);
});

test("registry endpoints - documents are listed, served as published, and reported on", async (context) => {
  const { origin } = await registryScene(context);
  const events = { spec: { asyncapi: "2.0.0", info: {} } };
  const id = await registered(origin, fullService({ events }));
  const path = `${servicesPath()}/${id}/specs`;
  const list = JSON.parse((await call(origin, path)).text) as { type: string; phase: string; hash: string }[];
  deepEqual(list.map(({ type }) => type).toSorted(), ["asyncapi", "docs", "openapi"]);
  equal(list.find(({ type }) => type === "asyncapi")?.phase, "Failed");
  const document = await call(origin, `${path}/openapi`);
  equal(document.status, 200);
  equal(document.headers["content-type"], "application/json");
  const { etag = "" } = document.headers;
  equal((await call(origin, `${path}/openapi`, { headers: { "If-None-Match": etag } })).status, 304);
  const report = JSON.parse((await call(origin, `${path}/asyncapi/report`)).text) as { findings: unknown[] };
  ok(report.findings.length > 0, "the document lacks what it must have");
  equal((await call(origin, `${path}/odata`)).status, 404);
  const shown = JSON.parse((await call(origin, `${servicesPath()}/${id}`)).text) as { events: object };
  deepEqual(shown.events, events, "a document with findings is shown all the same");
  equal((await send(origin, `${path}/refresh`, { method: "POST" }, "")).status, 400);
});
