import { test } from "node:test";
import { deepEqual, equal, ok } from "node:assert/strict";
import { configMapKind, type ConfigMap } from "../../../src/core/resources/config-map.ts";
import type { Change, ChangeText, Selector } from "../../../src/stores/store.ts";
import { WatchModel } from "../../doubles/watch-model.ts";
import { failureOf, refOf, shownChange, WatchReader, type Subjects } from "./subject.ts";

/** Reads a watch of texts change by change. */
function follow(batches: AsyncIterable<readonly ChangeText[]>) {
  const lists = batches[Symbol.asyncIterator]();
  let left: ChangeText[] = [];
  const next = async (): Promise<ChangeText | undefined> => {
    while (left.length === 0) {
      const { done, value } = await lists.next();
      if (done === true) return undefined;
      equal(
        value.slice(0, -1).every((change: ChangeText) => "text" in change),
        true,
      );
      left = [...value];
    }
    return left.shift();
  };
  const until = async (isLast: (change: ChangeText) => boolean): Promise<ChangeText[]> => {
    const seen: ChangeText[] = [];
    for (;;) {
      const change = await next();
      ok(change, "the watch ended");
      seen.push(change);
      if (isLast(change)) return seen;
    }
  };
  return {
    next,
    synced: () => until(({ type }) => type === "synced"),
    until: (name: string) =>
      until((change) => "text" in change && (JSON.parse(change.text) as ConfigMap).metadata.name === name),
  };
}

function asChange(change: ChangeText): Change<ConfigMap> {
  if (!("text" in change)) return change;
  return { type: change.type, object: JSON.parse(change.text) as ConfigMap };
}

const labelled = { key: "on", operator: "exists", values: [] } as const;

export function watchingContract(name: string, subjects: Subjects): void {
  test(`${name} store - a watch begins with everything there is, says so, and goes on with changes`, async () => {
    const { configMaps, namespace } = subjects();
    const inside = await namespace();
    const create = (wanted: string) => configMaps.create({ metadata: { name: wanted, namespace: inside } });
    const [b, a] = [await create("b"), await create("a")];
    await using watch = new WatchReader(configMaps, { namespace: inside });
    const initial = await watch.untilSynced();
    deepEqual(initial.map(shownChange), ["added a", "added b", "synced"]);
    deepEqual(initial.slice(0, 2), [
      { type: "added", object: a },
      { type: "added", object: b },
    ]);
    const created = await create("c");
    deepEqual(await watch.next(), { type: "added", object: created });
    const updated = await configMaps.update({ ...created, data: { k: "v" } });
    deepEqual(await watch.next(), { type: "modified", object: updated });
    await configMaps.remove(refOf(created));
    const gone = await watch.next();
    ok(gone.type === "deleted");
    ok(Number(gone.object.metadata.resourceVersion) > Number(updated.metadata.resourceVersion));
    deepEqual(
      { ...gone.object, metadata: { ...gone.object.metadata, resourceVersion: "" } },
      {
        ...updated,
        metadata: { ...updated.metadata, resourceVersion: "" },
      },
    );
  });

  test(`${name} store - a watch from a version sees every change after it, and nothing else`, async () => {
    const { configMaps, namespace } = subjects();
    const inside = await namespace();
    const create = (wanted: string) => configMaps.create({ metadata: { name: wanted, namespace: inside } });
    await create("before");
    const { resourceVersion } = await configMaps.list({ namespace: inside });
    const kept = await create("kept");
    await configMaps.remove(refOf(await create("short-lived")));
    await using watch = new WatchReader(configMaps, { namespace: inside }, { resourceVersion });
    await configMaps.update({ ...kept, data: { k: "v" } });
    deepEqual(await watch.shown(4), [
      "added kept",
      "added short-lived",
      "deleted short-lived",
      "modified kept",
    ]);
  });

  test(`${name} store - the version at which a list ended is a place to watch from`, async () => {
    const { configMaps, namespace } = subjects();
    const inside = await namespace();
    await configMaps.create({ metadata: { name: "a", namespace: inside } });
    await using first = new WatchReader(configMaps, { namespace: inside });
    const synced = (await first.untilSynced()).at(-1);
    ok(synced?.type === "synced");
    await configMaps.create({ metadata: { name: "b", namespace: inside } });
    await using second = new WatchReader(configMaps, { namespace: inside }, synced);
    deepEqual(await second.shown(1), ["added b"]);
  });

  test(`${name} store - a watch sees its own kind and namespace alone`, async () => {
    const { configMaps, secrets, namespace } = subjects();
    const [inside, outside] = [await namespace(), await namespace()];
    await using watch = new WatchReader(configMaps, { namespace: inside });
    await watch.untilSynced();
    await configMaps.create({ metadata: { name: "out", namespace: outside } });
    await secrets.create({ metadata: { name: "secret", namespace: inside } });
    await configMaps.create({ metadata: { name: "in", namespace: inside } });
    deepEqual(await watch.shown(1), ["added in"]);
  });

  test(`${name} store - what begins to match is added, what ceases to is deleted as it last matched`, async () => {
    const { configMaps, namespace } = subjects();
    const inside = await namespace();
    const labels = [{ key: "on", operator: "exists", values: [] }] as const;
    await using watch = new WatchReader(configMaps, { namespace: inside, labels });
    await watch.untilSynced();
    const set = (wanted: Record<string, string> | null, value: string) =>
      configMaps.patch(
        { name: "a", namespace: inside },
        { type: "merge", value: { metadata: { labels: wanted }, data: { value } } },
      );
    await configMaps.create({ metadata: { name: "a", namespace: inside }, data: { value: "0" } });
    await set({ on: "yes" }, "1");
    await set({ on: "still" }, "2");
    const ceased = await set(null, "3");
    await set(null, "4");
    await set({ on: "again" }, "5");
    await configMaps.remove({ name: "a", namespace: inside });
    const seen: [string, string | undefined][] = [];
    const changes: Change<ConfigMap>[] = [];
    while (changes.length < 5) {
      const change = await watch.next();
      changes.push(change);
      if ("object" in change) seen.push([change.type, change.object.data?.["value"]]);
    }
    deepEqual(seen, [
      ["added", "1"],
      ["modified", "2"],
      ["deleted", "2"],
      ["added", "5"],
      ["deleted", "5"],
    ]);
    const third = changes[2];
    ok(third && "object" in third);
    equal(third.object.metadata.resourceVersion, ceased.metadata.resourceVersion);
  });

  test(`${name} store - field selectors hold for watches too`, async () => {
    const { secrets, namespace } = subjects();
    const inside = await namespace();
    const byField = (field: string, value: string) => ({
      namespace: inside,
      fields: [{ field, operator: "=", value } as const],
    });
    await using byName = new WatchReader(secrets, byField("metadata.name", "b"));
    await using byType = new WatchReader(secrets, byField("type", "x/y"));
    await byName.untilSynced();
    await byType.untilSynced();
    await secrets.create({ metadata: { name: "a", namespace: inside } });
    await secrets.create({ metadata: { name: "b", namespace: inside } });
    await secrets.create({ metadata: { name: "c", namespace: inside }, type: "x/y" });
    deepEqual(await byName.shown(1), ["added b"]);
    deepEqual(await byType.shown(1), ["added c"]);
    await using bad = new WatchReader(secrets, byField("data.a", "b"));
    await failureOf(bad.next(), "STORE_BAD_SELECTOR");
  });

  test(`${name} store - a version that is no number is refused`, async () => {
    await using watch = new WatchReader(subjects().configMaps, {}, { resourceVersion: "abc" });
    await failureOf(watch.next(), "STORE_BAD_VERSION");
  });

  test(`${name} store - dry runs are no events`, async () => {
    const { configMaps, namespace } = subjects();
    const inside = await namespace();
    await using watch = new WatchReader(configMaps, { namespace: inside });
    await watch.untilSynced();
    await configMaps.create({ metadata: { name: "shown", namespace: inside } }, { dryRun: true });
    await configMaps.create({ metadata: { name: "kept", namespace: inside } });
    deepEqual(await watch.shown(1), ["added kept"]);
  });

  test(`${name} store - many watchers each see every change in the same order`, async () => {
    const { configMaps, namespace } = subjects();
    const inside = await namespace();
    const watches = Array.from({ length: 10 }, () => new WatchReader(configMaps, { namespace: inside }));
    for (const watch of watches) await watch.untilSynced();
    const names = Array.from({ length: 30 }, (_, index) => `m${String(index).padStart(2, "0")}`);
    await Promise.all(
      names.map((wanted) => configMaps.create({ metadata: { name: wanted, namespace: inside } })),
    );
    const seen = await Promise.all(watches.map((watch) => watch.shown(names.length)));
    deepEqual(
      seen[0]?.toSorted(),
      names.map((wanted) => `added ${wanted}`),
    );
    for (const one of seen) deepEqual(one, seen[0]);
    for (const watch of watches) await watch[Symbol.asyncDispose]();
  });

  test(`${name} store - watchers that join while many write all end with what the list shows`, async () => {
    const { configMaps, namespace } = subjects();
    const inside = await namespace();
    const selectors = [{ namespace: inside }, { namespace: inside, labels: [labelled] }];
    const watchers: Promise<void>[] = [];
    const join = async (selector: Selector, fromVersion: boolean) => {
      const known = fromVersion ? await configMaps.list(selector) : undefined;
      const model = new WatchModel(known);
      const { resourceVersion } = known ?? {};
      await using watch = new WatchReader(
        configMaps,
        selector,
        resourceVersion === undefined ? {} : { resourceVersion },
      );
      while (!model.synced || !model.objects.some(({ metadata }) => metadata.name === "the-end")) {
        model.apply(await watch.next());
      }
      deepEqual(model.objects, (await configMaps.list(selector)).items);
    };
    const writer = async (seed: number) => {
      for (let step = 0; step < 60; step++) {
        const ref = { name: `m${(seed * 7 + step * 5) % 11}`, namespace: inside };
        const labels = (seed + step) % 3 === 0 ? { on: `${step}` } : { on: null };
        const patch = { metadata: { labels }, data: { step: `${seed} ${step}` } };
        // Others write the same objects, so any of these may come too late.
        await (
          (step + seed) % 4 === 0
            ? configMaps.remove(ref)
            : configMaps
                .patch(ref, { type: "merge", value: patch })
                .catch(() => configMaps.create({ metadata: ref, data: {} }))
        ).catch(() => undefined);
        const selector = selectors[step % 2];
        if (step % 20 === seed && selector) watchers.push(join(selector, step % 40 === seed));
      }
    };
    await Promise.all([0, 1, 2, 3].map(writer));
    await configMaps.create({ metadata: { name: "the-end", namespace: inside, labels: { on: "" } } });
    await Promise.all(watchers);
    equal(watchers.length, 12);
  });

  test(`${name} store - the texts of a watch are its changes, and what is no object comes last`, async () => {
    const { namespace, store } = subjects();
    // The text has what only those see who ask for it.
    const configMaps = store.collection(configMapKind, { managedFields: true });
    const inside = await namespace();
    const selector = { namespace: inside, labels: [labelled] };
    const on = { on: "" };
    const { resourceVersion } = await configMaps.list(selector);
    const abort = new AbortController();
    const { signal } = abort;
    const texts = follow(configMaps.watchText(selector, { signal, resourceVersion }));
    await using objects = new WatchReader(configMaps, selector, { resourceVersion });
    const start = await configMaps.create({ metadata: { name: "a", namespace: inside, labels: on } });
    const changed = await configMaps.update({ ...start, data: JSON.parse(`{"__proto__": "own"}`) });
    await configMaps.update({ ...changed, metadata: { ...changed.metadata, labels: {} } });
    const again = await configMaps.create({ metadata: { name: "b", namespace: inside, labels: on } });
    await configMaps.remove(refOf(again));
    await configMaps.create({ metadata: { name: "the-end", namespace: inside, labels: on } });
    const seen = await texts.until("the-end");
    const expected: Change<ConfigMap>[] = [];
    while (expected.length < seen.length) expected.push(await objects.next());
    equal(seen.length, 6);
    deepEqual(seen.map(asChange), expected);
    const listed = await follow(configMaps.watchText(selector, { signal })).synced();
    abort.abort();
    deepEqual(
      listed.map((change) => shownChange(asChange(change))),
      ["added the-end", "synced"],
    );
    for (const change of seen) {
      if ("text" in change) {
        equal(change.resourceVersion, (JSON.parse(change.text) as ConfigMap).metadata.resourceVersion);
      }
    }
  });

  test(`${name} store - watches that ask the same and are up to date share what they are given, others nothing`, async () => {
    const { configMaps, secrets, namespace } = subjects();
    const [inside, outside] = [await namespace(), await namespace()];
    const abort = new AbortController();
    const { signal } = abort;
    const same = Array.from({ length: 3 }, () =>
      follow(configMaps.watchText({ namespace: inside }, { signal })),
    );
    const other = follow(configMaps.watchText({ namespace: outside }, { signal }));
    const ofSecrets = follow(secrets.watchText({ namespace: inside }, { signal }));
    await Promise.all([...same, other, ofSecrets].map((each) => each.synced()));
    await Promise.all(
      [inside, outside].map((each) => configMaps.create({ metadata: { name: "a", namespace: each } })),
    );
    await secrets.create({ metadata: { name: "a", namespace: inside } });
    const seen = await Promise.all(same.map((each) => each.until("a")));
    for (const each of seen) deepEqual(each, seen[0]);
    for (const [each, place] of [
      [other, outside],
      [ofSecrets, inside],
    ] as const) {
      const last = (await each.until("a")).at(-1);
      ok(last && "text" in last && (JSON.parse(last.text) as ConfigMap).metadata.namespace === place);
    }
    abort.abort();
    deepEqual(await same[0]?.next(), undefined);
  });

  test(`${name} store - a watch of texts that joins at any place of the log misses nothing and is told nothing twice`, async () => {
    const { configMaps, namespace } = subjects();
    const inside = await namespace();
    const abort = new AbortController();
    const start = (await configMaps.list({ namespace: inside })).resourceVersion;
    const versions = [start];
    const readers: ReturnType<typeof follow>[] = [];
    for (let index = 0; index < 40; index++) {
      const ref = { name: `m${index % 7}`, namespace: inside };
      const written = await configMaps
        .patch(ref, { type: "merge", value: { data: { index: String(index) } } })
        .catch(() => configMaps.create({ metadata: ref, data: { index: String(index) } }));
      versions.push(written.metadata.resourceVersion);
      const { signal } = abort;
      const resourceVersion = versions[index] ?? start;
      readers.push(follow(configMaps.watchText({ namespace: inside }, { signal, resourceVersion })));
    }
    const last = await configMaps.create({ metadata: { name: "the-end", namespace: inside } });
    versions.push(last.metadata.resourceVersion);
    for (const [index, reader] of readers.entries()) {
      const seen = await reader.until("the-end");
      deepEqual(
        seen.map(({ resourceVersion }) => resourceVersion),
        versions.slice(index + 1),
      );
    }
    abort.abort();
  });

  test(`${name} store - aborting its signal ends a watch that waits, and one that has not begun`, async () => {
    const { configMaps, unique } = subjects();
    const abort = new AbortController();
    const watch = configMaps.watch({ namespace: unique() }, { signal: abort.signal });
    const changes = watch[Symbol.asyncIterator]();
    equal((await changes.next()).value?.type, "synced");
    const waiting = changes.next();
    abort.abort();
    deepEqual(await waiting, { done: true, value: undefined });
    const late = configMaps.watch(undefined, { signal: abort.signal })[Symbol.asyncIterator]();
    deepEqual(await late.next(), { done: true, value: undefined });
  });

  test(`${name} store - changes asked for ahead of time come in order, none lost`, async () => {
    const { configMaps, namespace } = subjects();
    const inside = await namespace();
    const changes = configMaps.watch({ namespace: inside }, {})[Symbol.asyncIterator]();
    const ahead = Promise.all(Array.from({ length: 6 }, () => changes.next()));
    for (const wanted of ["a", "b", "c", "d", "e"]) {
      await configMaps.create({ metadata: { name: wanted, namespace: inside } });
    }
    const seen = (await ahead).map(({ value }) => value && "object" in value && value.object.metadata.name);
    deepEqual(seen.filter(Boolean), ["a", "b", "c", "d", "e"]);
    await changes.return?.();
  });

  test(`${name} store - leaving the loop ends a watch`, async () => {
    const { configMaps, unique } = subjects();
    for await (const change of configMaps.watch({ namespace: unique() }, {})) {
      if (change.type === "synced") break;
    }
    const changes = configMaps.watch({ namespace: unique() }, {})[Symbol.asyncIterator]();
    await changes.next();
    const waiting = changes.next();
    await changes.return?.();
    deepEqual(await waiting, { done: true, value: undefined });
  });
}
