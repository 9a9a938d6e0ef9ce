import assert from "node:assert/strict";
import { after, before, suite, test } from "node:test";
import { LimitedCollection } from "../../../src/admin/limited/limited-collection.ts";
import type { ObjectRules } from "../../../src/admin/limited/object-rules.ts";
import { Turns } from "../../../src/admin/limited/turns.ts";
import { configMapKind } from "../../../src/core/resources/config-map.ts";
import type { Resource } from "../../../src/core/resources/resource.ts";
import type { Collection, Store } from "../../../src/stores/store.ts";
import { failureOf } from "../../contract/store/subject.ts";
import { openTestStore } from "../../doubles/sqlite-store.ts";
import { TemporaryDirectory } from "../../doubles/temporary-directory.ts";

/** Only what has `open: "yes"`, and nothing with `evil`. */
const RULES: ObjectRules = {
  narrow: (selector) => [selector ?? {}],
  shows: ({ metadata }) => metadata.labels?.["open"] === "yes",
  nameRefusal: () => undefined,
  refusal: async (next) => ("evil" in (next.metadata.labels ?? {}) ? "it is evil" : undefined),
  removalRefusal: async () => undefined,
};

suite("limited collection", () => {
  const directory = new TemporaryDirectory();
  let store: Store;
  let collection: Collection<Resource>;
  before(async () => {
    store = await openTestStore(directory.path);
    collection = store.collection(configMapKind) as unknown as Collection<Resource>;
  });
  after(async () => {
    await store.close();
    directory[Symbol.dispose]();
  });

  const refOf = (name: string) => ({ name, namespace: "default" });
  const create = (name: string) =>
    collection.create({ metadata: { ...refOf(name), labels: { open: "yes", source: "harmless" } } });

  /** The collection, with others' writes after each dry run of a write. */
  function meanwhile(others: () => Promise<unknown>): Collection<Resource> {
    const disturbed = Object.create(collection) as Collection<Resource>;
    disturbed.get = (ref) => collection.get(ref);
    disturbed.patch = async (ref, patch, options) => {
      const result = await collection.patch(ref, patch, options);
      if (options?.dryRun) await others();
      return result;
    };
    disturbed.apply = async (ref, body, options) => {
      const result = await collection.apply(ref, body, options);
      if (options.dryRun) await others();
      return result;
    };
    disturbed.update = async (value, options) => {
      const result = await collection.update(value, options);
      if (options?.dryRun) await others();
      return result;
    };
    return disturbed;
  }

  const label = (name: string, value: string | null) => (ref: { name: string }) =>
    collection.patch(refOf(ref.name), { type: "merge", value: { metadata: { labels: { [name]: value } } } });

  test("limited collection - what another writes between the look and the write is looked at as well", async () => {
    await create("moved");
    let times = 0;
    const limited = new LimitedCollection(
      meanwhile(async () => {
        if (times++ === 0) await label("evil", "x")({ name: "moved" });
      }),
      RULES,
      new Turns(),
    );
    const patch = { type: "merge", value: { metadata: { labels: { mine: "1" } } } } as const;
    const failure = await limited.patch(refOf("moved"), patch).catch((error: unknown) => error);
    assert.match(String(failure), /configmaps "moved" is forbidden: it is evil/);
    assert.equal((await collection.get(refOf("moved")))?.metadata.labels?.["mine"], undefined);
  });

  test("limited collection - what is taken away meanwhile is not there any more", async () => {
    await create("taken");
    const limited = new LimitedCollection(
      meanwhile(() => label("open", "no")({ name: "taken" })),
      RULES,
      new Turns(),
    );
    const patch = { type: "merge", value: { metadata: { labels: { mine: "1" } } } } as const;
    await failureOf(limited.patch(refOf("taken"), patch), "STORE_NOT_FOUND");
    assert.equal((await collection.get(refOf("taken")))?.metadata.labels?.["mine"], undefined);
  });

  test("limited collection - a harmless change by another is no reason to fail, and is not lost", async () => {
    await create("shared");
    let times = 0;
    const limited = new LimitedCollection(
      meanwhile(async () => {
        if (times++ < 2) await label(`theirs-${times}`, "1")({ name: "shared" });
      }),
      RULES,
      new Turns(),
    );
    const patch = { type: "merge", value: { metadata: { labels: { mine: "1" } } } } as const;
    const { metadata } = await limited.patch(refOf("shared"), patch);
    assert.deepEqual(Object.keys(metadata.labels ?? {}).toSorted(), [
      "mine",
      "open",
      "source",
      "theirs-1",
      "theirs-2",
    ]);
  });

  test("limited collection - who is overtaken every time is told to begin anew", async () => {
    await create("busy");
    let times = 0;
    const limited = new LimitedCollection(
      meanwhile(() => label("theirs", String(times++))({ name: "busy" })),
      RULES,
      new Turns(),
    );
    const patch = { type: "merge", value: { metadata: { labels: { mine: "1" } } } } as const;
    await failureOf(limited.patch(refOf("busy"), patch), "STORE_CONFLICT");
    assert.equal(times, 5);
  });

  test("limited collection - a JSON patch begins again when it was overtaken, and its operations keep their numbers", async () => {
    await create("operated");
    let times = 0;
    const limited = new LimitedCollection(
      meanwhile(async () => {
        if (times++ === 0) await label("theirs", "1")({ name: "operated" });
      }),
      RULES,
      new Turns(),
    );
    const mine = { op: "add", path: "/metadata/labels/mine", value: "1" };
    const patched = await limited.patch(refOf("operated"), { type: "json", value: [mine] });
    assert.deepEqual(Object.keys(patched.metadata.labels ?? {}).toSorted(), [
      "mine",
      "open",
      "source",
      "theirs",
    ]);
    const wrong = { op: "test", path: "/metadata/labels/mine", value: "2" };
    const failure = await failureOf(
      limited.patch(refOf("operated"), { type: "json", value: [mine, wrong] }),
      "STORE_PATCH_FAILED",
    );
    assert.match(failure.message, /operation 2\b/);
  });

  const applied = (name: string, labels: Record<string, string>) => ({
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name, labels },
  });

  test("limited collection - an apply makes what is not there, and is looked at as any other write", async () => {
    const limited = new LimitedCollection(collection, RULES, new Turns());
    const apply = (body: object) => limited.apply(refOf("applied"), body, { manager: "m" });
    await assert.rejects(apply(applied("applied", { open: "yes", evil: "x" })), /it is evil/);
    assert.equal(await collection.get(refOf("applied")), undefined);
    assert.equal((await apply(applied("applied", { open: "yes" }))).created, true);
    assert.equal((await apply(applied("applied", { open: "yes", more: "1" }))).created, false);
    await assert.rejects(apply(applied("applied", { open: "yes", evil: "x" })), /it is evil/);
    assert.deepEqual((await collection.get(refOf("applied")))?.metadata.labels, { open: "yes", more: "1" });
    await label("open", "no")({ name: "applied" });
    await failureOf(apply(applied("applied", { open: "yes" })), "STORE_NOT_FOUND");
  });

  test("limited collection - an apply takes over nothing that another makes meanwhile", async () => {
    const limited = new LimitedCollection(
      meanwhile(async () => {
        const taken = await collection.get(refOf("raced"));
        if (!taken) await collection.create({ metadata: { ...refOf("raced"), labels: { secret: "1" } } });
      }),
      RULES,
      new Turns(),
    );
    const apply = limited.apply(refOf("raced"), applied("raced", { open: "yes" }), { manager: "m" });
    await failureOf(apply, "STORE_NOT_FOUND");
    assert.deepEqual((await collection.get(refOf("raced")))?.metadata.labels, { secret: "1" });
  });

  test("limited collection - what another writes between the look and the apply is looked at as well", async () => {
    await create("reapplied");
    let times = 0;
    const limited = new LimitedCollection(
      meanwhile(async () => {
        if (times++ === 0) await label("evil", "x")({ name: "reapplied" });
      }),
      RULES,
      new Turns(),
    );
    const apply = limited.apply(refOf("reapplied"), applied("reapplied", { mine: "1" }), { manager: "m" });
    await assert.rejects(apply, /it is evil/);
    assert.equal((await collection.get(refOf("reapplied")))?.metadata.labels?.["mine"], undefined);
  });

  test("limited collection - an update without a version rests on what was looked at, one with a version on that", async () => {
    const created = await create("updated");
    const limited = new LimitedCollection(
      meanwhile(async () => undefined),
      RULES,
      new Turns(),
    );
    const { resourceVersion: _version, ...metadata } = created.metadata;
    const next = { ...created, metadata: { ...metadata, labels: { open: "yes" } } } as unknown as Resource;
    assert.deepEqual((await limited.update(next)).metadata.labels, { open: "yes" });
    await failureOf(limited.update(created), "STORE_CONFLICT");
    const overtaken = new LimitedCollection(
      meanwhile(() => label("evil", "x")({ name: "updated" })),
      { ...RULES, refusal: async (_next, stored) => RULES.refusal(stored ?? created, undefined) },
      new Turns(),
    );
    const failure = await overtaken.update(next).catch((error: unknown) => error);
    assert.match(String(failure), /it is evil/);
  });

  test("limited collection - a removal is of what was looked at", async () => {
    const created = await create("removed");
    const limited = new LimitedCollection(collection, RULES, new Turns());
    await failureOf(limited.remove(refOf("removed"), { precondition: { uid: "another" } }), "STORE_CONFLICT");
    assert.equal((await limited.remove(refOf("removed"))).last.metadata.uid, created.metadata.uid);
    await failureOf(limited.remove(refOf("removed")), "STORE_NOT_FOUND");
  });
});
