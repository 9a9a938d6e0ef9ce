import assert from "node:assert/strict";
import { once } from "node:events";
import { request, type IncomingMessage } from "node:http";
import { join } from "node:path";
import { test } from "node:test";
import { systemClock } from "../../../src/core/clock.ts";
import { FileOutlet } from "../../../src/telemetry/file-outlet.ts";
import { startAccessLog } from "../../../src/telemetry/access-log.ts";
import {
  callAddressed,
  callFinished,
  ingressRequestFinished,
  tunnelEnded,
  type FinishedCall,
} from "../../../src/telemetry/channels.ts";
import { LineSink } from "../../../src/telemetry/line-sink.ts";
import { AccessHistory } from "../../../src/telemetry/live/access-history.ts";
import { startLive } from "../../../src/telemetry/live/live.ts";
import { ACCESS, userOf } from "../../doubles/access.ts";
import { ask } from "../../doubles/admin-client.ts";
import { startAdminServer, type AdminServer } from "../../doubles/admin-server.ts";
import { anEndedTunnel } from "../../doubles/ended-tunnel.ts";
import { eventually } from "../../doubles/eventually.ts";
import { aFinishedCall } from "../../doubles/finished-call.ts";
import { StreamReader } from "../../doubles/stream-reader.ts";
import { TemporaryDirectory } from "../../doubles/temporary-directory.ts";

const CALLS = "/v1/live/calls";
const LINES = "/v1/live/access";

const start = () => startAdminServer({}, { live: startLive(systemClock) });

function ends(changes: Partial<FinishedCall> = {}): void {
  callFinished.publish(aFinishedCall(changes));
}

const watched = (): boolean =>
  callAddressed.hasSubscribers || callFinished.hasSubscribers || tunnelEnded.hasSubscribers;

interface Row {
  readonly application: string;
  readonly calls: number;
  readonly p50: number;
  readonly p99: number | null;
}

test("live calls - each API has its numbers, the most called first; nothing is subscribed before and after", async () => {
  await using server = await start();
  assert.equal(watched(), false);
  const reader = await StreamReader.open(server, CALLS);
  assert.equal(reader.response.headers.get("content-type"), "application/x-ndjson");
  await eventually(() => assert.equal(watched(), true));
  ends({ application: "crm", milliseconds: 1 });
  for (const milliseconds of [10, 10, 1000]) ends({ milliseconds });
  const { seconds, calls, time } = (await reader.next()) as { seconds: number; calls: Row[]; time: string };
  assert.ok(seconds > 0.5);
  assert.ok(Date.parse(time) > 0);
  assert.deepEqual(
    calls.map(({ application, calls: count }) => [application, count]),
    [
      ["shop", 3],
      ["crm", 1],
    ],
  );
  const [shop] = calls;
  assert.ok(shop && shop.p50 >= 10 && shop.p50 <= 11.1 && shop.p99 && shop.p99 >= 1000 && shop.p99 < 1101);
  reader[Symbol.dispose]();
  await eventually(() => assert.equal(watched(), false));
});

test("live access - lines come as calls and tunnels end, without queries and secrets", async () => {
  await using server = await start();
  using reader = await StreamReader.open(server, LINES);
  await eventually(() => assert.equal(watched(), true));
  ends({ path: "/shop/orders?api_key=hidden", reason: "Authorization: Bearer hidden-token", status: 502 });
  tunnelEnded.publish(anEndedTunnel());
  const [call, tunnel] = [await reader.nextText(), await reader.nextText()];
  assert.match(call, /"log":"access","application":"shop".*"path":"\/shop\/orders",.*"status":502/);
  assert.doesNotMatch(call, /hidden/);
  assert.match(tunnel, /"event":"tunnel-ended"/);
});

test("live access - what is asked for by Application, service and status comes, and nothing else", async () => {
  await using server = await start();
  const wanted = "application=shop&application=crm&service=orders&status=5xx,404";
  using reader = await StreamReader.open(server, `${LINES}?${wanted}`);
  await eventually(() => assert.equal(watched(), true));
  ends({ application: "other", service: "orders", status: 500 });
  ends({ service: "billing", status: 500 });
  ends({ service: "orders", status: 200 });
  ends({ service: "orders", status: 404, requestId: "a" });
  tunnelEnded.publish(anEndedTunnel());
  ends({ application: undefined, service: "orders", status: 500 });
  ends({ application: "crm", service: "orders", status: 503, requestId: "b" });
  const ids = [await reader.next(), await reader.next()].map((line) => (line as FinishedCall).requestId);
  assert.deepEqual(ids, ["a", "b"]);
});

test("live access - whoever is limited sees his Applications only, at the ingress too", async () => {
  await using server = await start();
  const user = await userOf(server, { name: "shop", role: "viewer", applications: ["shop"] });
  using reader = await StreamReader.open(server, LINES, user.headers);
  using numbers = await StreamReader.open(server, CALLS, user.headers);
  await eventually(() => assert.equal(watched(), true));
  ends({ application: "crm" });
  ends({ application: undefined });
  const visit = {
    listener: "gateway",
    method: "GET",
    path: "/any",
    status: 200,
    failure: undefined,
    certificate: undefined,
    peer: undefined,
    milliseconds: 1,
  } as const;
  ingressRequestFinished.publish({ ...visit, client: "crm" });
  ingressRequestFinished.publish({ ...visit, client: "shop" });
  ends({ application: "shop", requestId: "mine" });
  assert.match(await reader.nextText(), /"client":"shop"/);
  assert.match(await reader.nextText(), /"requestId":"mine"/);
  const { calls } = (await numbers.next()) as { calls: Row[] };
  assert.deepEqual(
    calls.map(({ application }) => application),
    ["shop"],
  );
  const refused = await server.fetch(`${LINES}?application=shop&application=crm`, { headers: user.headers });
  assert.equal(refused.status, 403);
  assert.match(await refused.text(), /is forbidden: User \\"shop\\" cannot GET it/);
});

test("live - nobody sees anything without a token, and a revoked one ends what it has open", async () => {
  await using server = await start();
  assert.equal((await server.fetch(CALLS, { headers: { authorization: "Bearer nobody" } })).status, 401);
  const user = await userOf(server, { name: "ops", role: "viewer" });
  using reader = await StreamReader.open(server, LINES, user.headers);
  await ask(server, `${ACCESS}/ops`, { method: "DELETE" });
  await assert.rejects(reader.next());
  await eventually(() => assert.equal(watched(), false));
});

const BAD: Readonly<Record<string, readonly [status: number, text: RegExp]>> = {
  [`${LINES}?status=6xx`]: [400, /status must be like 404 or 5xx, not \\"6xx\\"/],
  [`${LINES}?statuses=500`]: [400, /unknown parameter \\"statuses\\"/],
  [`${LINES}?follow=no`]: [400, /follow must be true or false/],
  [`${CALLS}?interval=0`]: [400, /interval must be a whole number of seconds from 1 to 3600/],
  [`${LINES}?sinceSeconds=60`]: [404, /telemetry\.accessLog\.destination is no file of this server/],
  ["/v1/live/nothing"]: [404, /could not find/],
};

for (const [path, [status, text]] of Object.entries(BAD)) {
  test(`live - GET ${path} is refused with ${status}`, async () => {
    await using server = await start();
    const response = await server.fetch(path);
    assert.equal(response.status, status);
    assert.match(await response.text(), text);
  });
}

test("live - it is read by GET alone, and by so many at a time", async () => {
  await using server = await start();
  const posted = await server.fetch(CALLS, { method: "POST" });
  assert.deepEqual([posted.status, posted.headers.get("allow")], [405, "GET"]);
  await posted.body?.cancel();
  const readers = await Promise.all(Array.from({ length: 32 }, () => StreamReader.open(server, CALLS)));
  const refused = await server.fetch(CALLS);
  assert.equal(refused.status, 429);
  await refused.body?.cancel();
  for (const reader of readers) reader[Symbol.dispose]();
});

test("live - a stream ends with the server, and as soon as it has what was asked for", async () => {
  const server = await start();
  using reader = await StreamReader.open(server, CALLS);
  using once_ = await StreamReader.open(server, `${CALLS}?follow=false`);
  assert.deepEqual(((await once_.next()) as { calls: unknown }).calls, []);
  assert.equal(await once_.ended(), true);
  await server[Symbol.asyncDispose]();
  await reader.ended();
  assert.equal(watched(), false);
});

async function withFile(act: (server: AdminServer) => Promise<void>): Promise<void> {
  using directory = new TemporaryDirectory();
  const path = join(directory.path, "access.log");
  const sink = new LineSink(new FileOutlet(path), {
    flushInterval: 60_000,
    clock: systemClock,
    onTrouble: () => {},
  });
  using _ = startAccessLog({ sink, form: "json", clock: systemClock });
  await using server = await startAdminServer(
    {},
    { live: startLive(systemClock, new AccessHistory({ path, sink })) },
  );
  await act(server);
  await sink.close(1000);
}

test("live access - what has been comes from the file, what is not written yet too, and then what happens", async () => {
  await withFile(async (server) => {
    for (const requestId of ["a", "b"]) ends({ requestId, service: "orders" });
    ends({ requestId: "other", application: "crm" });
    using reader = await StreamReader.open(server, `${LINES}?sinceSeconds=60&application=shop`);
    const ids = async () => ((await reader.next()) as FinishedCall).requestId;
    assert.deepEqual([await ids(), await ids()], ["a", "b"]);
    ends({ requestId: "c" });
    assert.equal(await ids(), "c");
    using past = await StreamReader.open(server, `${LINES}?sinceSeconds=60&follow=false&service=orders`);
    assert.match(await past.nextText(), /"requestId":"a"/);
    assert.match(await past.nextText(), /"requestId":"b"/);
    assert.equal(await past.ended(), true);
  });
});

test("live access - between the past and now no line is lost and none comes twice", async () => {
  await withFile(async (server) => {
    let last = 0;
    const readers = [];
    for (let round = 0; round < 10; round++) {
      for (let call = 0; call < 50; call++) ends({ requestId: String(++last) });
      readers.push(StreamReader.open(server, `${LINES}?sinceSeconds=60`));
      // eslint-disable-next-line no-await-in-loop -- calls go on while streams are opened
      await new Promise(setImmediate);
    }
    const opened = await Promise.all(readers);
    ends({ requestId: "end" });
    for (const reader of opened) {
      const ids: string[] = [];
      for (let id = ""; id !== "end"; ids.push(id)) {
        // eslint-disable-next-line no-await-in-loop -- line after line
        id = ((await reader.next()) as FinishedCall).requestId;
      }
      const expected = [...Array.from({ length: last }, (_, index) => String(index + 1)), "end"];
      assert.equal(ids.join(" ").length, expected.join(" ").length);
      assert.equal(ids.join(" ") === expected.join(" "), true);
      reader[Symbol.dispose]();
    }
  });
});

test("live access - a reader that takes nothing costs no more than a bounded amount, and is told what it missed", async () => {
  await using server = await start();
  const headers = { authorization: `Bearer ${server.token}` };
  const sent = request({ host: "127.0.0.1", port: server.port, path: LINES, headers }).end();
  const [response] = (await once(sent, "response")) as [IncomingMessage];
  await eventually(() => assert.equal(watched(), true));
  response.pause();
  const path = `/shop/${"x".repeat(10_000)}`;
  for (let call = 0; call < 20_000; call++) {
    ends({ path });
    // eslint-disable-next-line no-await-in-loop -- the socket gets its turn
    if (call % 500 === 0) await new Promise(setImmediate);
  }
  let text = "";
  response.setEncoding("utf8").on("data", (piece: string) => (text += piece));
  response.resume();
  await eventually(() => {
    ends({ path: "/after" });
    assert.match(text, /"event":"lines-left-out","lines":\d+\}\n/);
  });
  assert.ok(text.length < 50_000_000, `${text.length} of 200 000 000 characters were kept`);
  sent.destroy();
});
