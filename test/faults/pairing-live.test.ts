import { equal, deepEqual, match, ok, rejects } from "node:assert/strict";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { connect, type TLSSocket } from "node:tls";
import { eventually } from "../doubles/eventually.ts";
import { keptConnection, newLink, pair, prepare, send, type Identity } from "../doubles/external-system.ts";
import { RawClient } from "../doubles/raw-client.ts";
import { application, ServedInstallation } from "../doubles/served-installation.ts";
import { startTarget } from "../doubles/target.ts";

const REVOKED = '{"code":403,"error":"Certificate has been revoked."}\n';

const infoOf = (served: ServedInstallation) => new URL("/v1/applications/management/info", served.gateway);

/** A connection with its handshake done, on which a test sends its own bytes. */
async function connected(served: ServedInstallation, identity: Identity): Promise<RawClient> {
  const socket: TLSSocket = connect({
    port: Number(served.gateway.port),
    host: "127.0.0.1",
    servername: "gateway.localhost",
    ca: readFileSync(served.serverAuthority),
    cert: identity.certificate,
    key: identity.key,
  });
  await once(socket, "secureConnect");
  return new RawClient(socket);
}

test("pairing live - a revocation by hash is refused on an open connection", async () => {
  await using served = await ServedInstallation.start();
  for (const revoke of ["request", "command"] as const) {
    const identity = await pair(served, "shop");
    const other = await pair(served, "shop");
    using kept = keptConnection();
    const call = () => send(served, infoOf(served), { identity, agent: kept });
    equal((await call()).status, 200);
    if (revoke === "command") await served.administer(["cert", "revoke", "--hash", identity.hash]);
    else {
      const path = "/v1/applications/certificates/revocations";
      equal((await served.admin("POST", path, { body: { hash: identity.hash } })).status, 201);
    }
    await eventually(async () => equal((await call()).text, REVOKED));
    const renewal = { identity, agent: kept, method: "POST", body: prepare("shop").body };
    const renewals = new URL("/v1/applications/certificates/renewals", served.gateway);
    equal((await send(served, renewals, renewal)).text, REVOKED);
    equal((await send(served, infoOf(served), { identity: other })).status, 200, "of the same Application");
  }
});

test("pairing live - the authority is rotated under load: old and new count together, nothing fails", async () => {
  await using served = await ServedInstallation.start();
  await served.apply(application("shop"));
  const old = await pair(served, "shop");
  const phase = { isDone: false };
  const statuses: number[] = [];
  const load = async (identity: Identity, isKept: boolean) => {
    using kept = keptConnection();
    while (!phase.isDone) {
      const agent = isKept ? { agent: kept } : {};
      statuses.push((await send(served, infoOf(served), { identity, ...agent })).status);
    }
  };
  const loads = [load(old, true), load(old, true), load(old, false)];
  const enough = (count: number) => eventually(() => ok(statuses.length >= count), { timeout: 30_000 });
  await enough(30);
  const table = await served.administer(["ca", "rotate"]);
  const [, hash = ""] = /^([0-9a-f]{12}) .*still counts$/m.exec(table) ?? [];
  match(hash, /./, table);
  const renewed = await pair(served, "shop");
  const issuers = [old, renewed].map(
    ({ certificate }) => certificate.split(/(?<=-----END CERTIFICATE-----)/)[1],
  );
  ok(issuers[0] !== issuers[1], "the new authority signs");
  loads.push(load(renewed, true), load(renewed, false));
  await enough(statuses.length + 60);
  // A second rotation at once: three count.
  await served.administer(["ca", "rotate"]);
  await enough(statuses.length + 60);
  phase.isDone = true;
  await Promise.all(loads);
  deepEqual([...new Set(statuses)], [200]);

  using kept = keptConnection();
  equal((await send(served, infoOf(served), { identity: old, agent: kept })).status, 200);
  await served.administer(["ca", "retire", hash, "--force"]);
  const refused = await send(served, infoOf(served), { identity: old, agent: kept });
  equal(refused.status, 403);
  equal(refused.headers.connection, "close");
  await rejects(send(served, infoOf(served), { identity: old }));
  equal((await send(served, infoOf(served), { identity: renewed })).status, 200);
});

test("pairing live - a compromised authority counts no more from the moment of the command on", async () => {
  await using served = await ServedInstallation.start();
  const old = await pair(served, "shop");
  using kept = keptConnection();
  equal((await send(served, infoOf(served), { identity: old, agent: kept })).status, 200);
  await served.administer(["ca", "rotate", "--compromised", "--yes"]);
  equal((await send(served, infoOf(served), { identity: old, agent: kept })).status, 403);
  await rejects(send(served, infoOf(served), { identity: old }));
  equal((await send(served, infoOf(served), { identity: await pair(served, "shop") })).status, 200);
});

test("pairing live - a stop finishes requests in flight over mutual TLS, says it is not ready, and takes no others", async () => {
  await using publisher = await startTarget(() => undefined);
  await using served = await ServedInstallation.start([
    `--validator-eventing-publisher-host=${publisher.host}`,
  ]);
  await served.apply(application("shop"));
  const identity = await pair(served, "shop");
  const answer = send(served, new URL("/shop/v1/events", served.gateway), {
    identity,
    method: "POST",
    body: "{}",
  });
  const half = await connected(served, identity);
  await half.send("POST /shop/v1/events HTTP/1.1\r\nHost: gateway.localhost\r\nContent-Length: 4\r\n\r\n{");
  const idle = await connected(served, identity);
  const call = await publisher.call(1);
  await publisher.call(2);
  const { gateway } = served;
  served.running.process.kill("SIGTERM");
  await idle.closed;
  await eventually(async () => equal((await served.health("/v1/ready")).status, 503));
  await rejects(send(served, infoOf(served), { identity }), { code: "ECONNREFUSED" });
  await call.respond(200, { "Content-Type": "text/plain" }, "late");
  const { status, text, headers } = await answer;
  deepEqual([status, text, headers.connection], [200, "late", "close"]);
  await half.send(" {}");
  const second = await publisher.call(2);
  equal(await second.text(), "{ {}");
  await second.respond(204, {});
  equal((await half.response()).status, 204);
  equal((await served.running.ended).code, 0);
  await rejects(fetch(gateway));
});

test("pairing live - what does not end is cut off when the time for draining is over", async () => {
  await using publisher = await startTarget(() => undefined);
  const settings = [`--validator-eventing-publisher-host=${publisher.host}`, "--ingress-drain-timeout=300ms"];
  await using served = await ServedInstallation.start(settings);
  await served.apply(application("shop"));
  const identity = await pair(served, "shop");
  const cut = rejects(send(served, new URL("/shop/v1/events", served.gateway), { identity }));
  await publisher.call(1);
  equal((await served.stop()).code, 0);
  await cut;
});

test("pairing live - tokens, revocations, authority and server certificate outlive a restart", async () => {
  await using served = await ServedInstallation.start();
  const kept = await pair(served, "shop");
  const revoked = await pair(served, "shop");
  await served.administer(["cert", "revoke", "--hash", revoked.hash]);
  const { url } = await newLink(served, "shop");
  const before = await presented(served);
  const trusted = await served.administer(["ca", "show", "-o", "pem"]);
  for (const signal of ["SIGTERM", "SIGKILL"] as const) {
    await served.stop(signal);
    await served.start();
    equal((await send(served, infoOf(served), { identity: kept })).status, 200, signal);
    equal((await send(served, infoOf(served), { identity: revoked })).text, REVOKED, signal);
    equal(await presented(served), before, signal);
    equal(await served.administer(["ca", "show", "-o", "pem"]), trusted, signal);
  }
  const link = new URL(url);
  const moved = new URL(link.pathname + link.search, served.pairing).href;
  const again = await pair(served, "shop", { link: moved });
  const listed = await served.administer(["cert", "list", "shop"]);
  for (const { hash } of [kept, revoked, again]) ok(listed.includes(hash), listed);
});

/** Hash of what the ingress shows. */
async function presented(served: ServedInstallation): Promise<string> {
  const { port } = served.pairing;
  const ca = readFileSync(served.serverAuthority);
  const socket = connect({
    port: Number(port),
    host: "127.0.0.1",
    servername: "connector-service.localhost",
    ca,
  });
  await once(socket, "secureConnect");
  const { fingerprint256 } = socket.getPeerCertificate();
  socket.destroy();
  return fingerprint256;
}
