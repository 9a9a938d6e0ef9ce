import assert from "node:assert/strict";
import { test } from "node:test";
import { handshakeRefused, type HandshakeRefusal } from "../../../src/telemetry/channels.ts";
import { startHandshakeLog } from "../../../src/telemetry/handshake-log.ts";
import { createLog } from "../../../src/telemetry/log.ts";
import { FakeClock } from "../../doubles/fake-clock.ts";

const refuse = (reason: HandshakeRefusal): void =>
  handshakeRefused.publish({ listener: "gateway", reason, detail: "CODE", peer: "192.0.2.1" });

function logged(): {
  clock: FakeClock;
  lines: { level: string; message: string; [field: string]: unknown }[];
  log: ReturnType<typeof createLog>["log"];
} {
  const clock = new FakeClock();
  const lines: { level: string; message: string }[] = [];
  const write = (line: string) => void lines.push(JSON.parse(line) as (typeof lines)[0]);
  return { clock, lines, log: createLog({ level: "debug", form: "json", write, clock }).log };
}

test("handshake log - each refused handshake has a line with its reason and peer", () => {
  const { clock, lines, log } = logged();
  using _ = startHandshakeLog(log, clock);
  refuse("certificate-untrusted");
  refuse("certificate-untrusted");
  refuse("client-left");
  assert.deepEqual(
    lines.map(({ level, reason, detail, peer, listener }) => [level, reason, detail, peer, listener]),
    [
      ["warn", "certificate-untrusted", "CODE", "192.0.2.1", "gateway"],
      ["warn", "certificate-untrusted", "CODE", "192.0.2.1", "gateway"],
      ["debug", "client-left", "CODE", "192.0.2.1", "gateway"],
    ],
  );
});

test("handshake log - under overload one line speaks for all of ten seconds", async () => {
  const { clock, lines, log } = logged();
  using _ = startHandshakeLog(log, clock);
  for (let count = 0; count < 100; count++) refuse("overload");
  assert.deepEqual(
    lines.map(({ handshakes }) => handshakes),
    [1],
  );
  await clock.advance(10_000);
  refuse("overload");
  assert.deepEqual(
    lines.map(({ handshakes }) => handshakes),
    [1, 100],
  );
});

test("handshake log - nothing is heard after its end", () => {
  const { clock, lines, log } = logged();
  startHandshakeLog(log, clock)[Symbol.dispose]();
  refuse("timeout");
  assert.equal(lines.length, 0);
});
