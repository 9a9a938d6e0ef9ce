import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, beforeEach, test } from "node:test";
import fc from "fast-check";
import type { ConnectionRecord } from "../../../../src/cli/pairing/connection-record.ts";
import { IdentityDirectory } from "../../../../src/cli/pairing/identity-directory.ts";
import { renewalDue, retryDelay, sleepUntil } from "../../../../src/cli/pairing/renewal-times.ts";
import { watchIdentity, type Watching } from "../../../../src/cli/pairing/watch-identity.ts";
import { commandLine } from "../../../doubles/command-line.ts";
import { eventually } from "../../../doubles/eventually.ts";
import { PairingServer } from "../../../doubles/pairing-server.ts";
import { TemporaryDirectory } from "../../../doubles/temporary-directory.ts";

const DAY = 86_400_000;

let server: PairingServer;
let scratch: TemporaryDirectory;
let out: string;
let count = 0;

before(async () => {
  server = await PairingServer.start();
  scratch = new TemporaryDirectory();
});
beforeEach(async () => {
  out = join(scratch.path, `identity-${count++}`);
  const { code, stderr } = await commandLine(["connect", server.link(), "--out", out]);
  assert.equal(code, 0, stderr);
  server.requests.length = 0;
});
after(async () => {
  await server[Symbol.asyncDispose]();
  scratch[Symbol.dispose]();
});

const leaf = (): X509Certificate => new X509Certificate(readFileSync(join(out, "client.crt")));

/** A watch whose time passes only by its own waiting, until `isEnough`. */
class Watch {
  now = Date.now();
  readonly renewed: ConnectionRecord[] = [];
  /** Message and pause of each failed attempt. */
  readonly failed: (readonly [string, number])[] = [];
  readonly waits: number[] = [];
  readonly #stop = new AbortController();

  async run(isEnough: (watch: Watch) => boolean): Promise<void> {
    const watching: Watching = {
      directory: new IdentityDirectory(out),
      algorithm: undefined,
      session: { timeout: 20_000, userAgent: "test", signal: this.#stop.signal },
      now: () => this.now,
      random: () => 0.5,
      wait: (milliseconds) => {
        this.now += milliseconds;
        this.waits.push(milliseconds);
        if (isEnough(this)) this.#stop.abort();
        return Promise.resolve();
      },
      renewed: (record) => void this.renewed.push(record),
      failed: ({ message }, milliseconds) => void this.failed.push([message, milliseconds]),
    };
    await watchIdentity(watching);
  }
}

test("watch - an identity is renewed at two thirds of its life, with a new key", async () => {
  const old = leaf();
  const watch = new Watch();
  watch.now += 59.9 * DAY;
  await watch.run(({ renewed }) => renewed.length > 0);
  const due = old.validFromDate.getTime() + 60 * DAY;
  assert.equal(renewalDue(old), due);
  // Within the one step that it sleeps at a time.
  assert.ok(watch.now >= due && watch.now < due + 600_000);
  assert.equal(watch.renewed.length, 1);
  assert.equal(watch.renewed[0]?.serialNumber, leaf().serialNumber);
  assert.ok(!leaf().publicKey.equals(old.publicKey));
  assert.deepEqual(server.steps(), ["management", "renewals", "management"]);
});

test("watch - a clock that jumps over the time of renewal is noticed", async () => {
  const watch = new Watch();
  let isEarly = true;
  await watch.run((self) => {
    if (isEarly) self.now += 70 * DAY;
    isEarly = false;
    return self.renewed.length > 0;
  });
  assert.equal(watch.renewed.length, 1);
  assert.ok(watch.waits.length <= 3);
});

test("watch - what fails is tried again, later each time, and said each time", async () => {
  server.behave("management", "reset", { status: 503, error: "busy" }, "garbage");
  server.behave("renewals", "reset");
  const watch = new Watch();
  watch.now += 61 * DAY;
  await watch.run(({ renewed }) => renewed.length > 0);
  const patterns = [/closed the connection/, /busy/, /no pairing information/, /closed the connection/];
  assert.equal(watch.failed.length, patterns.length);
  for (const [index, pattern] of patterns.entries()) assert.match(watch.failed[index]![0], pattern);
  const pauses = watch.failed.map(([, milliseconds]) => milliseconds);
  assert.deepEqual(
    pauses,
    pauses.toSorted((a, b) => a - b),
  );
  assert.equal(new Set(pauses).size, pauses.length);
});

test("watch - a revoked identity ends it, with what to do", async () => {
  const { hash } = JSON.parse(readFileSync(join(out, "connection.json"), "utf8")) as { hash: string };
  server.revoked.add(hash);
  const watch = new Watch();
  watch.now += 61 * DAY;
  await assert.rejects(
    watch.run(() => false),
    /Certificate has been revoked\.\n.*pair again with a new link/,
  );
  assert.equal(watch.failed.length, 0);
});

test("watch - an identity that could not be renewed until its end ends it, with what to do", async () => {
  const watch = new Watch();
  watch.now += 91 * DAY;
  await assert.rejects(
    watch.run(() => false),
    /expired on .*pair again with a new link/,
  );
  assert.deepEqual(server.requests, []);
});

test("watch - a stop in the middle of a renewal ends it without a word, and the old identity stays", async () => {
  const old = leaf().serialNumber;
  server.behave("renewals", "hang");
  const stop = new AbortController();
  const said: unknown[] = [];
  const watching: Watching = {
    directory: new IdentityDirectory(out),
    algorithm: undefined,
    session: { timeout: 60_000, userAgent: "test", signal: stop.signal },
    now: () => Date.now() + 61 * DAY,
    random: () => 0.5,
    wait: () => Promise.reject(new Error("it does not wait")),
    renewed: (record) => void said.push(record),
    failed: (problem) => void said.push(problem),
  };
  const ended = watchIdentity(watching);
  await eventually(() => assert.ok(server.steps().includes("renewals")));
  stop.abort();
  await ended;
  assert.deepEqual(said, []);
  assert.equal(leaf().serialNumber, old);
});

test("renewal times - a pause is never longer than an hour or than a tenth of what is left, and never none", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 10_000 }),
      fc.integer({ min: -DAY, max: 400 * DAY }),
      fc.double({ min: 0, max: 0.999, noNaN: true }),
      (failures, left, random) => {
        const delay = retryDelay({ failures, left, random });
        assert.ok(delay >= 2500 && delay <= 3_600_000, String(delay));
        assert.ok(delay <= Math.max(left / 10, 5000));
      },
    ),
  );
  fc.assert(
    fc.property(fc.integer(), fc.integer(), (due, now) => {
      const sleep = sleepUntil(due, now);
      assert.ok(sleep >= 5000 && sleep <= 300_000);
    }),
  );
});
