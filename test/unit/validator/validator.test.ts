import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, request as httpRequest, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { test, type TestContext } from "node:test";
import { application } from "../../doubles/applications.ts";
import { eventually } from "../../doubles/eventually.ts";
import { connectRaw } from "../../doubles/raw-client.ts";
import { validatorScene } from "../../doubles/validator.ts";

const SHOP = 'Hash=hash1;Subject="CN=shop,OU=OrgUnit,O=Organization,L=Waldorf,ST=Waldorf,C=DE";URI=';

interface Sent {
  readonly method?: string;
  readonly xfcc?: string | string[];
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

interface Got {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  readonly text: string;
}

/** node:http and not fetch, which would tidy the path. */
async function call(origin: string, path: string, { method, xfcc, headers, body }: Sent = {}): Promise<Got> {
  const { hostname, port } = new URL(origin);
  const sent = httpRequest({
    hostname,
    port,
    path,
    method: method ?? "GET",
    headers: { ...headers, ...(xfcc === undefined ? {} : { "X-Forwarded-Client-Cert": xfcc }) },
    agent: false,
  });
  sent.end(body);
  const [answer] = (await once(sent, "response")) as [IncomingMessage];
  let text = "";
  for await (const chunk of answer) text += String(chunk);
  return { status: answer.statusCode ?? 0, headers: answer.headers, text };
}

const error = (code: number, text: string) => `${JSON.stringify({ code, error: text })}\n`;

async function shopScene(context: TestContext, options: Parameters<typeof validatorScene>[1] = {}) {
  const scene = await validatorScene(context, options);
  await scene.applications.create(application("shop", []));
  const known = async () => {
    const { text } = await call(scene.origin, "/shop/v1/metadata/services", { xfcc: SHOP });
    assert.equal(text, "from registry");
  };
  // Elsewhere nobody of this process answers, and those tests wait by themselves.
  if (options.trustedXfccProxies === undefined && !options.registryHost) await eventually(known);
  scene.reached.length = 0;
  return scene;
}

test("validator - each kind of path reaches its component, with the path that is meant for it", async (context) => {
  const { origin, reached } = await shopScene(context);
  for (const path of [
    "/shop/v1/metadata",
    "/shop/v1/metadata/services/1?q=%20x",
    "/shop/v1/metadataapi.yaml?q=1",
    "/shop/v1/events",
    "/shop/v1/events/subscribed?all",
    "/shop/v2/events/deeper?x=1",
    "/shop/events",
    "/shop/events/?y=2",
  ]) {
    assert.equal((await call(origin, path, { method: "POST", xfcc: SHOP })).status, 200, path);
  }
  assert.deepEqual(reached, [
    "registry POST /shop/v1/metadata",
    "registry POST /shop/v1/metadata/services/1?q=%20x",
    "registry POST /shop/v1/metadataapi.yaml?q=1",
    "events POST /shop/v1/events",
    "events POST /shop/v1/events/subscribed?all",
    "events POST /publish?x=1",
    "events POST /publish",
    "events POST /publish?y=2",
  ]);
});

const UNKNOWN = (name: string) =>
  `while getting application ClientIds: application data for name ${name} is not found in the cache. Please retry`;
const NO_DESTINATION = "could not determine destination host, requested resource not found";

test("validator - every refusal has the original's status and text, and reaches nobody", async (context) => {
  const { origin, reached } = await shopScene(context);
  const rows: readonly [path: string, sent: Sent, status: number, text: string][] = [
    ["/shop/v1/metadata/services", {}, 500, "X-Forwarded-Client-Cert header not found"],
    ["/shop/v1/metadata/services", { xfcc: "" }, 500, "X-Forwarded-Client-Cert header not found"],
    ["/shop/v1/metadata/services", { xfcc: "," }, 403, "no valid subject found"],
    ["//v1/metadata/services", { xfcc: SHOP }, 400, "application name not specified"],
    ["/other/v1/metadata/services", { xfcc: SHOP }, 404, UNKNOWN("other")],
    ["/shop/v1/metadata/services", { xfcc: 'Subject="CN=erp"' }, 403, "no valid subject found"],
    ["/shop/v1/metadata/services", { xfcc: "Hash=abc" }, 403, "no valid subject found"],
    ["/shop/v1/metadata/services", { xfcc: 'Subject="shop"' }, 403, "no valid subject found"],
    ["/shop/v1/metadata/services", { xfcc: 'Subject="CN=shop,CN=erp"' }, 403, "no valid subject found"],
    ["/shop/v1/metadata/services", { xfcc: 'Subject="O=CN=shop"' }, 403, "no valid subject found"],
    ["/shop/v1/eventsX", { xfcc: SHOP }, 404, NO_DESTINATION],
    ["/shop/v1/metadataX", { xfcc: SHOP }, 404, NO_DESTINATION],
    ["/shop/v1/metadataapi.yamlx", { xfcc: SHOP }, 404, NO_DESTINATION],
    ["/shop/v1/metadataapi.yaml/x", { xfcc: SHOP }, 404, NO_DESTINATION],
    ["/shop/v1/eventsapi.yaml", { xfcc: SHOP }, 404, NO_DESTINATION],
    ["/shop/v1/metadataapi.yaml", { xfcc: 'Subject="CN=erp"' }, 403, "no valid subject found"],
    ["/shop/", { xfcc: SHOP }, 404, NO_DESTINATION],
    ["/shop/v1/health", { xfcc: SHOP }, 404, NO_DESTINATION],
  ];
  for (const [path, sent, status, text] of rows) {
    const got = await call(origin, path, sent);
    assert.deepEqual([got.status, got.text], [status, error(status, text)], `${path} ${String(sent.xfcc)}`);
    assert.equal(got.headers["content-type"], "application/json;charset=UTF-8");
  }
  assert.deepEqual(reached, []);
});

test("validator - a path with a single slash is unknown to the router, in plain text", async (context) => {
  const { origin } = await shopScene(context);
  const got = await call(origin, "/path", { xfcc: SHOP });
  assert.deepEqual([got.status, got.text], [404, "404 page not found\n"]);
  assert.equal(got.headers["content-type"], "text/plain; charset=utf-8");
});

test("validator - paths that others could read differently are refused", async (context) => {
  const { origin, reached } = await shopScene(context);
  for (const path of [
    "/shop/v1/metadata/../../erp/v1/metadata",
    "/shop/v1/metadata/%2e%2e/x",
    "/shop/v1/metadata/..;a/x",
    "/shop/./v1/metadata",
    "/shop/v1//metadata",
    "/shop/v1/metadata%2fservices",
    "/shop/v1/metadata/%5Cx",
    "/shop/v1/metadata/\\x",
    "/shop/v1/metadata/%00",
    "/shop/v1/metadata/%252e%252e",
    "/shop/v1/metadata/%zz",
  ]) {
    const got = await call(origin, path, { xfcc: SHOP });
    assert.equal(got.status, 400, path);
    assert.match(got.text, /the path is not in its plain form: /);
  }
  assert.deepEqual(reached, []);
});

test("validator - client ids replace the name, and a change of them counts at once", async (context) => {
  const { origin, applications } = await shopScene(context);
  const status = async (name: string) =>
    (await call(origin, "/shop/events", { xfcc: `Subject="CN=${name}"` })).status;
  const authentication = { clientIds: ["id-1", "id-2"] };
  await applications.patch(
    { name: "shop" },
    { type: "merge", value: { spec: { compassMetadata: { authentication } } } },
  );
  await eventually(async () => assert.equal(await status("id-2"), 200));
  assert.equal(await status("id-1"), 200);
  assert.equal(await status("shop"), 403);
  await applications.patch(
    { name: "shop" },
    { type: "merge", value: { spec: { compassMetadata: { authentication: { clientIds: [] } } } } },
  );
  await eventually(async () => assert.equal(await status("shop"), 200));
  assert.equal(await status("id-1"), 403);
});

test("validator - an Application that is being deleted is refused although a finalizer holds it", async (context) => {
  const { origin, applications } = await shopScene(context);
  await applications.patch(
    { name: "shop" },
    { type: "merge", value: { metadata: { finalizers: ["example.com/hold"] } } },
  );
  await applications.remove({ name: "shop" });
  await eventually(async () => {
    assert.equal((await call(origin, "/shop/events", { xfcc: SHOP })).status, 404);
  });
});

test("validator - in central mode tenant and group must fit where the Application has both", async (context) => {
  const { origin, applications } = await shopScene(context, { central: true });
  const status = async (subject: string) =>
    (await call(origin, "/shop/events", { xfcc: `Subject="${subject}"` })).status;
  await applications.patch({ name: "shop" }, { type: "merge", value: { spec: { tenant: "t1" } } });
  assert.equal(await status("CN=shop,O=other"), 200, "with one of them empty neither is checked");
  await applications.patch({ name: "shop" }, { type: "merge", value: { spec: { group: "g1" } } });
  await eventually(async () => assert.equal(await status("CN=shop,O=other"), 403));
  assert.equal(await status("CN=shop,OU=g1,O=t1"), 200);
  assert.equal(await status("CN=shop,OU=g2,O=t1"), 403);
});

test("validator - the right-most certificate decides, also over several header lines", async (context) => {
  const { origin } = await shopScene(context);
  const status = async (xfcc: string | string[]) => (await call(origin, "/shop/events", { xfcc })).status;
  const sidecar = 'By=spiffe://cluster.local/ns/x;Hash=ab;Subject="";URI=spiffe://gateway';
  assert.equal(await status(`${SHOP},${sidecar}`), 200);
  assert.equal(await status(`Subject="CN=shop",Subject="CN=erp"`), 403);
  assert.equal(await status(['Subject="CN=shop"', 'Subject="CN=erp"']), 403);
  assert.equal(await status(['Subject="CN=erp"', 'Subject="CN=shop"']), 200);
});

test("validator - a certificate that was revoked is refused behind a proxy too, if it tells the hash", async (context) => {
  const { origin, reached, revoked } = await shopScene(context);
  const hash = "ab".repeat(32);
  const xfcc = SHOP.replace("hash1", hash.toUpperCase());
  assert.equal((await call(origin, "/shop/events", { xfcc })).status, 200);
  revoked.add(hash);
  const refused = await call(origin, "/shop/events", { xfcc });
  assert.deepEqual([refused.status, refused.text], [403, error(403, "Certificate has been revoked.")]);
  assert.equal((await call(origin, "/shop/events", { xfcc: SHOP })).status, 200);
  assert.equal(reached.length, 2);
});

test("validator - a header from where no trusted proxy is counts as none", async (context) => {
  const { origin, reached } = await shopScene(context, { trustedXfccProxies: ["192.0.2.0/24"] });
  const got = await call(origin, "/shop/events", { xfcc: SHOP });
  assert.deepEqual([got.status, got.text], [500, error(500, "X-Forwarded-Client-Cert header not found")]);
  assert.deepEqual(reached, []);
});

interface Upstream {
  readonly host: string;
  readonly server: Server;
  readonly requests: {
    readonly url: string;
    readonly headers: IncomingMessage["headers"];
    readonly body: string;
  }[];
}

async function upstream(context: TestContext, status = 200): Promise<Upstream> {
  const requests: Upstream["requests"] = [];
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk) => (body += String(chunk)));
    request.on("end", () => {
      requests.push({ url: request.url ?? "", headers: request.headers, body });
      response.writeHead(status, { "X-From": "upstream", Connection: "x-hop", "X-Hop": "1" });
      response.end("answer");
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  context.after(() => server.close().closeAllConnections());
  return { host: `127.0.0.1:${(server.address() as AddressInfo).port}`, server, requests };
}

test("validator - an upstream elsewhere gets the request without what proves nothing there", async (context) => {
  const events = await upstream(context);
  const { origin } = await shopScene(context, { eventingPublisherHost: events.host });
  const got = await call(origin, "/shop/v2/events?x=1", {
    method: "POST",
    xfcc: SHOP,
    headers: {
      Authorization: "Bearer own",
      "X-Forwarded-For": "192.0.2.7",
      Connection: "x-secret",
      "X-Secret": "1",
    },
    body: "event",
  });
  assert.deepEqual([got.status, got.text, got.headers["x-from"]], [200, "answer", "upstream"]);
  assert.equal(got.headers["x-hop"], undefined);
  const [received] = events.requests;
  assert.deepEqual([received?.url, received?.body], ["/publish?x=1", "event"]);
  assert.equal(received?.headers.host, events.host);
  assert.equal(received?.headers.authorization, "Bearer own");
  assert.equal(received?.headers["x-forwarded-for"], "192.0.2.7, 127.0.0.1");
  assert.equal(received?.headers["x-forwarded-client-cert"], undefined);
  assert.equal(received?.headers["x-secret"], undefined);
});

test("validator - a server error of an upstream becomes 502 beside its own status", async (context) => {
  const registry = await upstream(context, 503);
  const { origin } = await shopScene(context, { registryHost: registry.host });
  await eventually(async () => {
    const got = await call(origin, "/shop/v1/metadata/services", { xfcc: SHOP });
    assert.deepEqual([got.status, got.text, got.headers["target-system-status"]], [502, "answer", "503"]);
  });
});

test("validator - an upstream that cannot be reached is a 502 without a body, and a warning", async (context) => {
  const gone = await upstream(context);
  gone.server.close();
  await once(gone.server, "close");
  const { origin, warnings } = await shopScene(context, { registryHost: gone.host });
  await eventually(async () => {
    const got = await call(origin, "/shop/v1/metadata/services", {
      method: "PUT",
      xfcc: SHOP,
      body: "x".repeat(200_000),
    });
    assert.deepEqual([got.status, got.text], [502, ""]);
  });
  assert.deepEqual([...new Set(warnings)], ["an upstream of the validator gave no answer"]);
});

test("validator - a caller that goes away frees the upstream", async (context) => {
  const slow = await upstream(context);
  slow.server.removeAllListeners("request");
  const held = once(slow.server, "request");
  const { origin } = await shopScene(context, { eventingPublisherHost: slow.host });
  const caller = await connectRaw(Number(new URL(origin).port));
  await caller.send(`GET /shop/events HTTP/1.1\r\nHost: x\r\nX-Forwarded-Client-Cert: ${SHOP}\r\n\r\n`);
  const [request] = (await held) as [IncomingMessage];
  const closed = once(request.socket, "close");
  await caller[Symbol.asyncDispose]();
  await closed;
});
