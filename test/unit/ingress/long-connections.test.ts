import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { test } from "node:test";
import { TestAuthority, type KeyPair } from "../../doubles/certificates.ts";
import { FakeClock } from "../../doubles/fake-clock.ts";
import { TestIngress } from "../../doubles/ingress.ts";
import type { RawClient } from "../../doubles/raw-client.ts";

const HOUR = 3_600_000;
const EVENTS = "/shop/v1/events";
const RENEWALS = "/v1/applications/certificates/renewals";
const REVOCATIONS = "/v1/applications/certificates/revocations";
const REVOKED = '{"code":403,"error":"Certificate has been revoked."}\n';

const hashOf = ({ crt }: KeyPair): string =>
  new X509Certificate(crt).fingerprint256.replaceAll(":", "").toLowerCase();

/** One request over a connection that stands, with its status and body. */
async function ask(
  client: RawClient,
  method: string,
  path: string,
): Promise<{ status: number; body: string }> {
  await client.request(method, path, {
    headers: ["Host: gateway.localhost"],
    body: method === "POST" ? "{}" : undefined,
  });
  const answer = await client.response();
  return { status: answer.status, body: answer.text };
}

test("ingress - a revocation is refused on a connection that stands, which stays open", async () => {
  await using ingress = await TestIngress.start();
  const shop = await ingress.clients.client("shop");
  const other = await ingress.clients.client("other");
  const client = await ingress.raw(shop);
  assert.equal((await ask(client, "GET", EVENTS)).status, 200);
  ingress.revocations?.add(hashOf(shop));
  assert.deepEqual(await ask(client, "GET", EVENTS), { status: 403, body: REVOKED });
  assert.deepEqual(await ask(client, "POST", RENEWALS), { status: 403, body: REVOKED });
  assert.deepEqual(await ask(client, "GET", REVOCATIONS), { status: 403, body: REVOKED });
  assert.equal((await ask(client, "POST", REVOCATIONS)).status, 200);
  assert.equal((await ask(client, "POST", REVOCATIONS.replace("applications", "runtimes"))).status, 200);
  assert.deepEqual(await ask(client, "POST", EVENTS), { status: 403, body: REVOKED });
  assert.equal(client.isClosed, false);
  // The handshake still succeeds, so that the client learns why.
  assert.equal((await ingress.call(EVENTS, { identity: shop })).body, REVOKED);
  assert.equal((await ingress.call(EVENTS, { identity: other })).status, 200);
});

test("ingress - nobody passes while the list of revocations was never read", async () => {
  await using ingress = await TestIngress.start();
  const shop = await ingress.clients.client("shop");
  ingress.revocations = undefined;
  const client = await ingress.raw(shop);
  const unread = { status: 500, body: '{"code":500,"error":"Failed to read revocation list."}\n' };
  assert.deepEqual(await ask(client, "GET", EVENTS), unread);
  ingress.revocations = new Set();
  assert.equal((await ask(client, "GET", EVENTS)).status, 200);
});

test("ingress - a certificate that ends while its connection stands is refused and the connection closed", async () => {
  const clock = new FakeClock(Date.now());
  await using ingress = await TestIngress.start({ clock });
  const shop = await ingress.clients.certificate({
    subject: "CN=shop",
    notAfter: new Date(clock.now() + HOUR),
  });
  const client = await ingress.raw(shop);
  assert.equal((await ask(client, "GET", EVENTS)).status, 200);
  clock.jump(HOUR + 2000);
  const expired = { status: 403, body: '{"code":403,"error":"Certificate has expired."}\n' };
  assert.deepEqual(await ask(client, "GET", EVENTS), expired);
  await client.closed;
});

test("ingress - a clock that jumps back refuses a certificate that is not valid yet", async () => {
  const clock = new FakeClock(Date.now());
  await using ingress = await TestIngress.start({ clock });
  const client = await ingress.raw(await ingress.clients.client("shop"));
  clock.jump(-48 * HOUR);
  assert.equal(
    (await ask(client, "GET", EVENTS)).body,
    '{"code":403,"error":"Certificate is not valid yet."}\n',
  );
  await client.closed;
});

test("ingress - an authority that is removed takes its clients with it, those connected too", async () => {
  await using ingress = await TestIngress.start();
  const old = await ingress.clients.client("shop");
  const connected = await ingress.raw(old);
  assert.equal((await ask(connected, "GET", EVENTS)).status, 200);
  const authority = await TestAuthority.create("New CA");
  const renewed = await authority.client("shop");
  await assert.rejects(ingress.call(EVENTS, { identity: renewed }));

  // Old and new together, in one text as a Secret holds them.
  ingress.bundle = [`${ingress.clients.crt}\n${authority.crt}`];
  ingress.reload();
  assert.equal((await ingress.call(EVENTS, { identity: renewed })).status, 200);
  assert.equal((await ingress.call(EVENTS, { identity: old })).status, 200);
  assert.equal((await ask(connected, "GET", EVENTS)).status, 200);

  ingress.bundle = [authority.crt];
  ingress.reload();
  assert.equal((await ingress.call(EVENTS, { identity: renewed })).status, 200);
  await assert.rejects(ingress.call(EVENTS, { identity: old }));
  const { status, body } = await ask(connected, "GET", EVENTS);
  assert.equal(status, 403);
  assert.match(body, /issued by an authority that is not trusted any more/);
  await connected.closed;
});

test("ingress - an authority of the same name does not stand in for the one that was removed", async () => {
  await using ingress = await TestIngress.start();
  const connected = await ingress.raw(await ingress.clients.client("shop"));
  assert.equal((await ask(connected, "GET", EVENTS)).status, 200);
  ingress.bundle = [(await TestAuthority.create("Client CA")).crt];
  ingress.reload();
  assert.equal((await ask(connected, "GET", EVENTS)).status, 403);
});

test("ingress - a renewed server certificate is shown to new connections, and old ones go on", async () => {
  await using ingress = await TestIngress.start();
  const shop = await ingress.clients.client("shop");
  const before = await ingress.connect(shop);
  const serial = before.getPeerX509Certificate()?.serialNumber;
  ingress.server = await ingress.servers.server("gateway.localhost", "connector-service.localhost");
  ingress.reload();
  const after = await ingress.connect(shop);
  assert.notEqual(after.getPeerX509Certificate()?.serialNumber, serial);
  assert.equal((await ingress.pair("/v1/health")).status, 200);
  before.write(`GET ${EVENTS} HTTP/1.1\r\nHost: gateway.localhost\r\nConnection: close\r\n\r\n`);
  assert.match((await before.toArray()).join(""), /^HTTP\/1\.1 200 /);
  after.destroy();
});

test("ingress - a reload keeps asking for certificates, without sessions and with TLS 1.2 at least", async () => {
  await using ingress = await TestIngress.start();
  ingress.reload();
  await assert.rejects(ingress.call(EVENTS));
  await assert.rejects(
    ingress.call(EVENTS, {
      identity: await ingress.clients.client("shop"),
      minVersion: "TLSv1",
      maxVersion: "TLSv1.1",
      ciphers: "ALL:@SECLEVEL=0",
    }),
  );
  assert.deepEqual(
    new Set(ingress.refusedHandshakes.map(({ reason }) => reason)),
    new Set(["certificate-missing", "protocol-version"]),
  );
  const shop = await ingress.clients.client("shop");
  const first = await ingress.connect(shop, { maxVersion: "TLSv1.2" });
  const session = first.getSession();
  first.destroy();
  const second = await ingress.connect(shop, { maxVersion: "TLSv1.2", session });
  assert.equal(second.isSessionReused(), false);
  second.destroy();
});

test("ingress - certificates that cannot be used change nothing and are reported", async () => {
  await using ingress = await TestIngress.start();
  const shop = await ingress.clients.client("shop");
  const { bundle, server } = ingress;
  for (const [broken, key] of [
    [[], server],
    [["no PEM"], server],
    [bundle, { crt: server.crt, key: "no key" }],
    [[...bundle, ingress.servers.crt], server],
  ] as const) {
    Object.assign(ingress, { bundle: [...broken], server: key });
    ingress.reload();
    // eslint-disable-next-line no-await-in-loop -- each state by itself
    assert.equal((await ingress.call(EVENTS, { identity: shop })).status, 200);
  }
  assert.equal(ingress.warnings.length, 4);
});

test("ingress - a server certificate that it refuses keeps no authority from being retired", async () => {
  await using ingress = await TestIngress.start();
  const other = await TestAuthority.create("Other CA");
  const [shop, stranger] = [await ingress.clients.client("shop"), await other.client("shop")];
  ingress.bundle = [ingress.clients.crt, other.crt];
  ingress.reload();
  const client = await ingress.raw(stranger);
  assert.equal((await ask(client, "GET", EVENTS)).status, 200);
  ingress.server = await ingress.clients.server("gateway.localhost");
  ingress.reload();
  assert.equal((await ask(client, "GET", EVENTS)).status, 200);
  ingress.bundle = [ingress.clients.crt];
  ingress.reload();
  assert.equal((await ask(client, "GET", EVENTS)).status, 403);
  await assert.rejects(ingress.call(EVENTS, { identity: stranger }));
  // Clients know the authority of the one that it goes on with alone.
  assert.equal((await ingress.call(EVENTS, { identity: shop })).status, 200);
  assert.equal(ingress.warnings.length, 2);
});

test("ingress - does not start where clients could be told from servers by nothing, or nobody could come in", async () => {
  await using ingress = await TestIngress.start();
  const { clients } = ingress;
  const shared = await clients.server("gateway.localhost");
  const nothing = { [Symbol.dispose]: () => {} };
  const start = (bundle: string[], server: KeyPair) =>
    TestIngress.start({
      trust: { bundle: () => bundle, onChanged: () => nothing },
      certificate: { current: { cert: server.crt, key: server.key }, onRenewed: () => nothing },
    });
  await assert.rejects(start([clients.crt], shared), { code: "INGRESS_SHARED_AUTHORITY" });
  await assert.rejects(start([], ingress.server), { code: "INGRESS_NO_TRUST" });
});

test("ingress - a connection that has stood for its time is closed with its next answer", async () => {
  const clock = new FakeClock(Date.now());
  await using ingress = await TestIngress.start({ clock, options: { maxConnectionAge: HOUR } });
  const client = await ingress.raw(await ingress.clients.client("shop"));
  assert.equal((await ask(client, "GET", EVENTS)).status, 200);
  await clock.advance(HOUR - 1);
  assert.equal((await ask(client, "GET", EVENTS)).status, 200);
  assert.equal(client.isClosed, false);
  await clock.advance(1);
  await client.request("GET", EVENTS, { headers: ["Host: gateway.localhost"] });
  const last = await client.response();
  assert.equal(last.status, 200);
  assert.deepEqual(last.headerAll("connection"), ["close"]);
  await client.closed;
});

test("ingress - a connection whose client does not take its answer ends after twice its time", async () => {
  const clock = new FakeClock(Date.now());
  const endless = Buffer.alloc(1024 * 1024);
  await using ingress = await TestIngress.start({
    clock,
    options: { maxConnectionAge: HOUR },
    routes: {
      tokenHost: (_request, response) => response.end(),
      certificateHost: (_request, response) => response.end(),
      validator: (_request, response) => {
        const more = () => {
          while (response.write(endless));
        };
        response.on("drain", more);
        more();
      },
    },
  });
  const client = await ingress.raw(await ingress.clients.client("shop"));
  await client.request("GET", EVENTS, { headers: ["Host: gateway.localhost"] });
  await client.head();
  client.pause();
  await clock.advance(2 * HOUR);
  client.resume();
  await client.closed;
});

test("ingress - a stopping ingress lets answers end, with their connections, and takes nobody new", async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  await using ingress = await TestIngress.start({
    options: { drainTimeout: 10_000 },
    routes: {
      tokenHost: (_request, response) => response.end(),
      certificateHost: (_request, response) => response.end(),
      validator: (_request, response) => void promise.then(() => response.end("late")),
    },
  });
  const shop = await ingress.clients.client("shop");
  const client = await ingress.raw(shop);
  await client.request("GET", EVENTS, { headers: ["Host: gateway.localhost"] });
  // Answered in order: the request before it has arrived too.
  assert.equal((await ingress.call("/v1/health", { identity: shop })).status, 200);
  const closed = ingress.close();
  await assert.rejects(ingress.call("/v1/health", { identity: shop }));
  resolve();
  const answer = await client.response();
  assert.equal(answer.text, "late");
  await closed;
  await client.closed;
});
