import { test } from "node:test";
import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import type { Subjects } from "./subject.ts";

export function leasingContract(name: string, subjects: Subjects): void {
  test(`${name} store - a lease has one holder, and the next waits for its release`, async () => {
    const { store, unique } = subjects();
    const wanted = unique("lease");
    const first = await store.lease(wanted);
    equal(first.lost.aborted, false);
    ok(first.holder);
    let granted = false;
    const second = store.lease(wanted).then((lease) => {
      granted = true;
      return lease;
    });
    await using _other = await store.lease(unique("lease"));
    equal(granted, false);
    await first[Symbol.asyncDispose]();
    await using lease = await second;
    equal(lease.lost.aborted, false);
  });

  test(`${name} store - who stops waiting for a lease leaves the others their turn`, async () => {
    const { store, unique } = subjects();
    const wanted = unique("lease");
    const first = await store.lease(wanted);
    const abort = new AbortController();
    const impatient = store.lease(wanted, { signal: abort.signal });
    const patient = store.lease(wanted);
    const reason = new Error("enough");
    abort.abort(reason);
    await rejects(impatient, (error) => error === reason);
    await first[Symbol.asyncDispose]();
    await using lease = await patient;
    equal(lease.lost.aborted, false);
  });

  test(`${name} store - says that it can be read`, async () => {
    deepEqual(await subjects().store.check(), undefined);
  });
}
