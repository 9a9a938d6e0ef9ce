import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:net";
import { lookup } from "node:dns";
import { join } from "node:path";
import { test } from "node:test";
import { writeFileSync } from "node:fs";
import type { Clock } from "../../../src/core/clock.ts";
import { Failure } from "../../../src/core/failures.ts";
import { Connections } from "../../../src/outbound/connections.ts";
import { EgressPolicy } from "../../../src/outbound/egress-policy.ts";
import type { OutboundOptions } from "../../../src/outbound/options.ts";
import type { Resolve } from "../../../src/outbound/pinned-lookup.ts";
import { tlsIdentity } from "../../../src/outbound/tls-identity.ts";
import { AnswerRecorder } from "../../doubles/answer-recorder.ts";
import { TestAuthority } from "../../doubles/certificates.ts";
import { eventually } from "../../doubles/eventually.ts";
import { FakeClock } from "../../doubles/fake-clock.ts";
import { startTarget } from "../../doubles/target.ts";
import { TemporaryDirectory } from "../../doubles/temporary-directory.ts";

interface Changes extends Partial<OutboundOptions> {
  readonly clock?: Clock;
  readonly resolve?: Resolve;
}

function open({ clock, resolve = lookup, ...options }: Changes = {}): Connections {
  return new Connections({
    options: { deniedNetworks: [], caFile: "", connectTimeout: 5000, idleTimeout: 10_000, ...options },
    policy: new EgressPolicy(options.deniedNetworks),
    proxies: undefined,
    resolve,
    ...(clock ? { clock } : {}),
  });
}

const verified = tlsIdentity(true);
const unverified = tlsIdentity(false);

test("connections - a pool belongs to one origin and one TLS identity", async () => {
  const authority = await TestAuthority.create();
  const [one, other] = [await authority.client("one"), await authority.client("other")];
  await using connections = open();
  const pool = connections.pool("https://a.test", tlsIdentity(true, one));
  assert.equal(connections.pool("https://a.test", tlsIdentity(true, { ...one })), pool);
  const others = [
    connections.pool("https://a.test:444", tlsIdentity(true, one)),
    connections.pool("http://a.test", tlsIdentity(true, one)),
    connections.pool("https://a.test", tlsIdentity(true, other)),
    connections.pool("https://a.test", tlsIdentity(false, one)),
    connections.pool("https://a.test", verified),
    connections.pool("https://a.test", unverified),
  ];
  assert.equal(new Set([pool, ...others]).size, 7);
});

test("connections - what one identity has verified, or presented, is never used for another", async () => {
  const authority = await TestAuthority.create();
  const certificate = await authority.server();
  const client = await authority.client("the gateway");
  await using target = await startTarget(undefined, {
    tls: { cert: certificate.crt, key: certificate.key, requestCert: true, rejectUnauthorized: false },
  });
  await using connections = open();
  const origin = `https://localhost:${target.port}`;
  const withCertificate = connections.pool(origin, tlsIdentity(false, client));
  assert.equal((await AnswerRecorder.send(withCertificate).over).status, 200);
  assert.equal((await AnswerRecorder.send(connections.pool(origin, unverified)).over).status, 200);
  assert.equal(target.accepted, 2);
  const distrusting = await AnswerRecorder.send(connections.pool(origin, verified)).over;
  assert.match(distrusting.error?.code ?? "", /^(UNABLE_TO_|SELF_SIGNED_)/);
});

test("connections - the sweep closes idle connections and drops pools that have none, again and again", async () => {
  const clock = new FakeClock();
  await using target = await startTarget();
  await using connections = open({ idleTimeout: 20_000, clock });
  for (let round = 0; round < 2; round++) {
    const pool = connections.pool(target.url, verified);
    assert.equal((await AnswerRecorder.send(pool).over).status, 200);
    await clock.advance(15_000);
    assert.equal(target.connections, 1);
    assert.equal(connections.pool(target.url, verified), pool);
    await clock.advance(30_000);
    await eventually(() => assert.equal(target.connections, 0));
    await eventually(() => assert.equal(pool.empty, true));
    await clock.advance(15_000);
    assert.notEqual(connections.pool(target.url, verified), pool);
  }
  assert.equal(clock.timers, 1);
});

test("connections - a pool whose calls are under way is not dropped", async () => {
  const clock = new FakeClock();
  await using target = await startTarget(() => {});
  await using connections = open({ idleTimeout: 1000, clock });
  const pool = connections.pool(target.url, verified);
  const waiting = AnswerRecorder.send(pool);
  await clock.advance(1_000_000);
  await target.call(1);
  await clock.advance(1_000_000);
  assert.equal(connections.pool(target.url, verified), pool);
  await target.last.respond(200);
  assert.equal((await waiting.over).status, 200);
});

test("connections - closed, they cut calls, stop sweeping and make no new connection", async () => {
  const clock = new FakeClock();
  await using target = await startTarget(() => {});
  const connections = open({ clock });
  const waiting = AnswerRecorder.send(connections.pool(target.url, verified));
  await target.call(1);
  await connections.close();
  assert.equal((await waiting.over).error?.code, "CONNECTIONS_CLOSED");
  assert.equal(clock.timers, 0);
  for (const origin of [target.url, "https://a.test"]) {
    const later = AnswerRecorder.send(connections.pool(origin, verified));
    // eslint-disable-next-line no-await-in-loop -- two cases
    assert.equal((await later.over).error?.code, "CONNECTIONS_CLOSED");
  }
  await connections.close();
  await eventually(() => assert.equal(target.connections, 0));
});

test("connections - the file of authorities comes on top of what is trusted anyway", async () => {
  using directory = new TemporaryDirectory();
  const [one, other] = [await TestAuthority.create("one"), await TestAuthority.create("other")];
  const caFile = join(directory.path, "ca.pem");
  writeFileSync(caFile, `Ours:\n${one.crt}\nand\n${other.crt}`);
  await using connections = open({ caFile });
  for (const authority of [one, other]) {
    const certificate = await authority.server();
    await using target = await startTarget(undefined, {
      tls: { cert: certificate.crt, key: certificate.key },
    });
    const answer = await AnswerRecorder.send(connections.pool(target.url, verified)).over;
    assert.deepEqual([answer.error, answer.status], [undefined, 200]);
  }
});

test("connections - a file of authorities that is missing or holds none stops the start", async () => {
  using directory = new TemporaryDirectory();
  const empty = join(directory.path, "empty.pem");
  writeFileSync(empty, "no certificate");
  for (const caFile of [empty, join(directory.path, "missing.pem")]) {
    assert.throws(
      () => open({ caFile }),
      (error) => {
        assert.ok(error instanceof Failure);
        assert.equal(error.code, "OUTBOUND_CA_FILE_UNREADABLE");
        assert.ok(error.message.includes(caFile) && error.message.includes("outbound.caFile"));
        return true;
      },
    );
  }
});

/** A resolver that knows these addresses for every name, and what it was asked. */
function resolver(...addresses: readonly string[]) {
  const asked: string[] = [];
  const resolve: Resolve = (hostname, _, callback) => {
    asked.push(hostname);
    callback(
      null,
      addresses.map((address) => ({ address, family: address.includes(":") ? 6 : 4 })),
    );
  };
  return { asked, resolve };
}

for (const [what, addresses] of [
  ["a metadata address", ["169.254.169.254"]],
  ["a mapped metadata address", ["::ffff:169.254.169.254"]],
  ["metadata addresses alone", ["fe80::1", "fd00:ec2::254", "100.100.100.200"]],
  ["a denied network", ["10.9.8.7"]],
] as const) {
  test(`connections - a name that resolves to ${what} is refused before a connection is made`, async () => {
    const { resolve } = resolver(...addresses);
    await using connections = open({ resolve, deniedNetworks: ["10.0.0.0/8"] });
    for (const origin of ["http://metadata.test", "https://metadata.test"]) {
      // eslint-disable-next-line no-await-in-loop -- two cases
      const { error } = await AnswerRecorder.send(connections.pool(origin, unverified)).over;
      assert.equal(error?.code, "EGRESS_REFUSED");
      assert.doesNotMatch(error?.message ?? "", /169\.254|10\.9|fe80/);
    }
  });
}

test("connections - of several addresses the allowed ones alone are called, and the name is asked once", async () => {
  await using target = await startTarget();
  let others = 0;
  await using denied = createServer((socket) => {
    others++;
    socket.destroy();
  });
  await once(denied.listen(target.port, "127.0.0.2"), "listening");
  const { asked, resolve } = resolver("127.0.0.2", "127.0.0.1", "169.254.169.254");
  await using connections = open({ resolve, deniedNetworks: ["127.0.0.2"] });
  const pool = connections.pool(`http://target.test:${target.port}`, verified);
  assert.equal((await AnswerRecorder.send(pool).over).status, 200);
  assert.deepEqual(asked, ["target.test"]);
  assert.equal(others, 0);
});

test("connections - a name that changes its address after the check gains nothing", async () => {
  await using target = await startTarget();
  let lookups = 0;
  const resolve: Resolve = (_, __, callback) =>
    callback(null, [{ address: lookups++ === 0 ? "127.0.0.1" : "169.254.169.254", family: 4 }]);
  await using connections = open({ resolve });
  const pool = connections.pool(`http://rebinding.test:${target.port}`, verified);
  assert.equal((await AnswerRecorder.send(pool).over).status, 200);
  assert.equal(lookups, 1);
  target.closeConnections();
  await eventually(() => assert.equal(pool.empty, true));
  assert.equal((await AnswerRecorder.send(pool).over).error?.code, "EGRESS_REFUSED");
});

test("connections - names under localhost are this machine, whoever resolves", async () => {
  await using target = await startTarget();
  const { asked, resolve } = resolver("127.0.0.1");
  await using connections = open({ resolve });
  for (const name of ["orders.localhost", "a.b.localhost", "localhost", "localhost.", "a.LOCALHOST."]) {
    const pool = connections.pool(`http://${name}:${target.port}`, verified);
    // eslint-disable-next-line no-await-in-loop -- five cases
    assert.equal((await AnswerRecorder.send(pool).over).status, 200);
  }
  assert.deepEqual(
    asked,
    Array.from({ length: 5 }, () => "localhost"),
  );
});

test("connections - an address is connected to without asking for a name", async () => {
  await using target = await startTarget();
  const { asked, resolve } = resolver();
  await using connections = open({ resolve });
  assert.equal((await AnswerRecorder.send(connections.pool(target.url, verified)).over).status, 200);
  assert.deepEqual(asked, []);
});
