import assert from "node:assert/strict";
import { test } from "node:test";
import { AccessTokens } from "../../../src/admin/identity/access-tokens.ts";
import type { AccessRecord, AccessRecords } from "../../../src/stores/access-records.ts";
import { FakeClock } from "../../doubles/fake-clock.ts";

const HOUR = 3_600_000;

/** Records in memory, whose writes can be made to fail. */
class MemoryRecords implements AccessRecords {
  readonly uses: number[] = [];
  readonly #kept = new Map<string, AccessRecord>();
  broken = false;

  async list(): Promise<readonly AccessRecord[]> {
    return [...this.#kept.values()];
  }

  async add(record: AccessRecord): Promise<void> {
    this.#fail();
    this.#kept.set(record.name, record);
  }

  async remove(name: string): Promise<boolean> {
    this.#fail();
    return this.#kept.delete(name);
  }

  async used(_hash: string, at: number): Promise<void> {
    this.#fail();
    this.uses.push(at);
  }

  #fail(): void {
    if (this.broken) throw new Error("the disk is full");
  }
}

async function opened() {
  const records = new MemoryRecords();
  const clock = new FakeClock();
  const surprises: unknown[] = [];
  const surprised = (error: unknown) => void surprises.push(error);
  const open = () => AccessTokens.open({ records, clock, surprised });
  const create = async (tokens: AccessTokens, name: string, life?: number) => {
    const expiresAt = life === undefined ? undefined : clock.now() + life;
    const wanted = { name, role: "viewer", applications: undefined, createdBy: "admin", expiresAt } as const;
    return (await tokens.create(wanted)).token;
  };
  return { records, clock, surprises, open, create, tokens: await open() };
}

test("access tokens - one that expires ends what it has open at that moment, and others' not", async () => {
  const { clock, create, tokens } = await opened();
  const short = tokens.callerOf(await create(tokens, "short", 90_000));
  const long = tokens.callerOf(await create(tokens, "long", HOUR));
  const endless = tokens.callerOf(await create(tokens, "endless"));
  await clock.advance(89_999);
  assert.equal(short?.ended.aborted, false);
  await clock.advance(1);
  assert.deepEqual(
    [short, long, endless].map((caller) => caller?.ended.aborted),
    [true, false, false],
  );
  await clock.advance(HOUR);
  assert.deepEqual([long?.ended.aborted, endless?.ended.aborted], [true, false]);
  assert.equal(clock.timers, 0, "nothing is waited for any more");
});

test("access tokens - a clock that is set forward ends them, a request at once and what is open soon", async () => {
  const { clock, create, tokens } = await opened();
  const first = await create(tokens, "first", HOUR);
  const caller = tokens.callerOf(first);
  const watching = tokens.callerOf(await create(tokens, "second", HOUR));
  clock.jump(2 * HOUR);
  assert.equal(tokens.callerOf(first), undefined);
  assert.equal(caller?.ended.aborted, true);
  await clock.advance(60_000);
  assert.equal(watching?.ended.aborted, true);
});

test("access tokens - one that has expired is known as such after a restart, and may be revoked", async () => {
  const { clock, create, tokens, open } = await opened();
  const token = await create(tokens, "old", 1000);
  clock.jump(HOUR);
  const again = await open();
  assert.equal(again.callerOf(token), undefined);
  assert.deepEqual(
    again.records.map(({ name }) => name),
    ["old"],
  );
  assert.equal(await again.revoke("old"), true);
  assert.deepEqual(again.records, []);
});

test("access tokens - a use is kept once a minute, however many requests there are", async () => {
  const { clock, create, tokens, records } = await opened();
  const token = await create(tokens, "busy");
  const begin = clock.now();
  for (let second = 0; second < 150; second++) {
    tokens.callerOf(token);
    // oxlint-disable-next-line no-await-in-loop -- a second after the other
    await clock.advance(1000);
  }
  assert.deepEqual(records.uses, [begin, begin + 60_000, begin + 120_000]);
});

test("access tokens - what cannot be written is told, and nothing is half done", async () => {
  const { create, tokens, records, surprises, clock } = await opened();
  const token = await create(tokens, "kept");
  records.broken = true;
  assert.ok(tokens.callerOf(token), "a use that is not kept is no reason to refuse it");
  await clock.advance(0);
  assert.equal(surprises.length, 1);
  await assert.rejects(create(tokens, "not-made"));
  assert.deepEqual(
    tokens.records.map(({ name }) => name),
    ["kept"],
  );
  await assert.rejects(tokens.revoke("kept"));
  assert.ok(tokens.callerOf(token), "who is told that it failed finds the token in force");
});

test("access tokens - after disposal no timer is left", async () => {
  const { create, tokens, clock } = await opened();
  await create(tokens, "any", HOUR);
  tokens[Symbol.dispose]();
  assert.equal(clock.timers, 0);
});

test("access tokens - one that is refused says what became of it, as far as that is known", async () => {
  const { clock, create, tokens, open } = await opened();
  const short = await create(tokens, "short", 1000);
  const revoked = await create(tokens, "revoked");
  assert.equal(tokens.endOf(short), undefined);
  await tokens.revoke("revoked");
  await clock.advance(1000);
  assert.deepEqual([tokens.endOf(short)?.reason, tokens.endOf(short)?.record.name], ["expired", "short"]);
  assert.deepEqual(
    [tokens.endOf(revoked)?.reason, tokens.endOf(revoked)?.record.name],
    ["revoked", "revoked"],
  );
  assert.equal(tokens.endOf("appconn_somebodys"), undefined);
  const again = await open();
  assert.equal(again.endOf(short)?.reason, "expired");
  assert.equal(again.endOf(revoked), undefined);
});
