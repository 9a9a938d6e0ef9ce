import { test } from "node:test";
import { deepEqual, equal, ok } from "node:assert/strict";
import { anyHash, MOMENT } from "../../doubles/pairing-records.ts";
import { hashIn, RevocationReader, type Records } from "./subject.ts";

export function watchingContract(name: string, records: Records): void {
  const revoke = async () => {
    const revocation = { hash: anyHash(), revokedAt: MOMENT, notAfter: undefined };
    await records().revoke(revocation);
    return { type: "revoked", revocation } as const;
  };

  test(`${name} pairing - a watch begins with all revocations, says so, and goes on with each new one`, async () => {
    const before = await revoke();
    await using watch = new RevocationReader(records());
    const list = await watch.untilSynced();
    equal(list.filter((change) => hashIn(change) === before.revocation.hash).length, 1);
    for (let round = 0; round < 3; round++) {
      const waiting = watch.next();
      // When the second of these is answered, the watch waits wherever the records are kept.
      await records().certificate(anyHash());
      await records().certificate(anyHash());
      const revoked = await revoke();
      deepEqual(await waiting, revoked);
    }
    const missed = [await revoke(), await revoke()];
    deepEqual([await watch.next(), await watch.next()], missed);
  });

  test(`${name} pairing - watchers that join while many revoke all see every one`, async () => {
    const revoking: Promise<unknown>[] = [];
    const wanted = new Set<string>();
    const watches: RevocationReader[] = [];
    const seen: Promise<Set<string>>[] = [];
    const readAll = async (watch: RevocationReader) => {
      const found = new Set<string>();
      for (let missing = true; missing;) {
        const change = await watch.next();
        const hash = hashIn(change);
        if (hash !== undefined) found.add(hash);
        missing = wanted.size < 3000 || [...wanted].some((one) => !found.has(one));
      }
      return found;
    };
    for (let round = 0; round < 10; round++) {
      for (let index = 0; index < 300; index++) {
        const hash = anyHash();
        wanted.add(hash);
        revoking.push(records().revoke({ hash, revokedAt: MOMENT, notAfter: MOMENT + 1e9 }));
      }
      const watch = new RevocationReader(records());
      watches.push(watch);
      seen.push(readAll(watch));
      await revoking.at(-1);
    }
    await Promise.all(revoking);
    const found = await Promise.all(seen);
    for (const one of found) ok([...wanted].every((hash) => one.has(hash)));
    for (const watch of watches) await watch[Symbol.asyncDispose]();
  });

  test(`${name} pairing - a reader that pauses gets everything afterwards`, async () => {
    await using watch = new RevocationReader(records());
    await watch.untilSynced();
    const hashes = Array.from({ length: 2500 }, () => anyHash());
    await Promise.all(
      hashes.map((hash) => records().revoke({ hash, revokedAt: MOMENT, notAfter: undefined })),
    );
    const seen: (string | undefined)[] = [];
    while (seen.length < hashes.length) seen.push(hashIn(await watch.next()));
    deepEqual(new Set(seen), new Set(hashes));
  });

  test(`${name} pairing - aborting ends a watch quietly, before, while and after it waits`, async () => {
    const abort = new AbortController();
    const changes = records().watchRevocations({ signal: abort.signal })[Symbol.asyncIterator]();
    while ((await changes.next()).value?.type !== "synced");
    const waiting = changes.next();
    abort.abort();
    deepEqual(await waiting, { done: true, value: undefined });
    deepEqual(await changes.next(), { done: true, value: undefined });
    let counted = 0;
    for await (const _change of records().watchRevocations({ signal: AbortSignal.abort() })) counted++;
    equal(counted, 0);
  });
}
