import { deepEqual, equal, ok } from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { collectContents } from "../../../src/documents/collect-contents.ts";
import type { DocumentsContext } from "../../../src/documents/documents-context.ts";
import { DocumentStore } from "../../../src/documents/document-store.ts";
import { GroupReview } from "../../../src/documents/group-review.ts";
import { GuardedBlobs } from "../../../src/documents/guarded-blobs.ts";
import { clusterAssetKind } from "../../../src/core/resources/cluster-asset.ts";
import type { CheckedDocument } from "../../../src/documents/checked-document.ts";
import { DocumentCatalog } from "../../../src/documents/document-catalog.ts";
import { Upkeep } from "../../../src/documents/upkeep.ts";
import { RunningDocuments, readAll } from "../../doubles/documents.ts";
import { eventually } from "../../doubles/eventually.ts";
import { FakeClock } from "../../doubles/fake-clock.ts";
import { MemoryBlobStore } from "../../doubles/memory-blob-store.ts";

const HOUR = 3_600_000;

type Step =
  | { readonly kind: "publish"; readonly service: number; readonly texts: readonly number[] }
  | { readonly kind: "remove"; readonly service: number }
  | { readonly kind: "wait"; readonly minutes: number };

const service = fc.nat({ max: 2 });
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    kind: fc.constant("publish" as const),
    service,
    texts: fc.array(fc.nat({ max: 5 }), { minLength: 1, maxLength: 2 }),
  }),
  fc.record({ kind: fc.constant("remove" as const), service }),
  fc.record({ kind: fc.constant("wait" as const), minutes: fc.nat({ max: 130 }) }),
);

const READY: CheckedDocument = {
  format: "unknown",
  version: "",
  converted: undefined,
  findings: [],
  metadata: {},
  outcome: { phase: "Ready", reason: "Uploaded", message: "" },
};

/** The parts of a document store whose checks a test decides. */
function partsOf(
  running: RunningDocuments,
  clock: FakeClock,
  check: DocumentsContext["check"],
  surprised: DocumentsContext["surprised"] = (error) => {
    throw error;
  },
) {
  const blobs = new GuardedBlobs(new MemoryBlobStore(clock), clock);
  const closing = new AbortController().signal;
  const context: DocumentsContext = {
    store: running.store,
    blobs,
    check,
    clock,
    origin: () => "",
    surprised,
    closing,
  };
  const review = new GroupReview(context);
  return {
    context,
    review,
    services: new DocumentStore(context, review),
    catalog: new DocumentCatalog(context, review),
  };
}

const TYPES = ["openapi", "docs"] as const;

test("changing documents - whatever is published, removed and collected at once, what stands can be read", async () => {
  const clock = new FakeClock();
  await using running = await RunningDocuments.open({ clock, starts: false });
  const { context, review, services } = partsOf(running, clock, async () => READY);
  await using _ = review;
  const rounds = fc.array(fc.array(step, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 8 });
  const publish = async (id: string, texts: readonly number[]) => {
    const documents = texts.map((text, index) => ({
      type: TYPES[index] ?? "docs",
      fileName: "x.json",
      content: Buffer.from(`{"text":${text}}`),
    }));
    const staged = await services.stage(documents);
    await services.publish({ application: "shop", serviceId: id, displayName: "", description: "" }, staged);
  };
  const take = async (taken: Step) => {
    if (taken.kind === "wait") await clock.advance(taken.minutes * 60_000);
    else if (taken.kind === "remove") await services.remove("shop", `s${taken.service}`);
    else await publish(`s${taken.service}`, taken.texts);
  };
  const property = fc.asyncProperty(rounds, async (steps) => {
    for (const round of steps) {
      await Promise.all([...round.map(take), collectContents(context)]);
      for (const id of ["s0", "s1", "s2"]) await readAll(services, id);
    }
  });
  await fc.assert(property, { numRuns: 25 });
  for (const id of ["s0", "s1", "s2"]) await services.remove("shop", id);
  await clock.advance(HOUR + 1);
  await collectContents(context);
  deepEqual(await running.groups(), []);
});

test("changing documents - the former publication is served until the new one has been checked", async () => {
  const clock = new FakeClock();
  await using running = await RunningDocuments.open({ clock, starts: false });
  let proceed = Promise.withResolvers<void>();
  proceed.resolve();
  const { review, services, catalog } = partsOf(running, clock, async ({ content }) => {
    await proceed.promise;
    const converted = {
      fileName: "x.json",
      content: Buffer.from(`converted ${Buffer.from(content).toString()}`),
    };
    return { ...READY, converted };
  });
  await using _ = review;
  const group = { application: "shop", serviceId: "s1", displayName: "", description: "" };
  const publish = async (text: string) => {
    const document = { type: "asyncapi" as const, fileName: "x.json", content: Buffer.from(text) };
    await services.publish(group, await services.stage([document]));
  };
  const published = async () => {
    const asking = catalog.published("shop", "s1", "asyncapi");
    // Whoever asks waits some seconds for a check.
    await clock.advance(10_000);
    return Buffer.from((await asking)?.content ?? []).toString();
  };
  await publish("1");
  await review.settled("s1");
  equal(await published(), "converted 1");
  proceed = Promise.withResolvers();
  await publish("2");
  equal(Buffer.from((await readAll(services, "s1"))[0]?.content ?? []).toString(), "2");
  equal(await published(), "converted 1");
  proceed.resolve();
  await review.settled("s1");
  equal(await published(), "converted 2");
  equal((await running.store.collection(clusterAssetKind).list()).items.length, 1);
});

test("changing documents - a check that takes long is seen to be under way", async () => {
  const clock = new FakeClock();
  await using running = await RunningDocuments.open({ clock, starts: false });
  const proceed = Promise.withResolvers<void>();
  const { review, services } = partsOf(running, clock, async () => {
    await proceed.promise;
    return READY;
  });
  await using _ = review;
  const staged = await services.stage([{ type: "docs", fileName: "x.json", content: Buffer.from("{}") }]);
  await services.publish({ application: "shop", serviceId: "s1", displayName: "", description: "" }, staged);
  await eventually(async () => {
    await clock.advance(1000);
    const [[group], [asset]] = await Promise.all([running.groups(), running.assets()]);
    deepEqual([group?.status?.phase, group?.status?.reason], ["Pending", "WaitingForAssets"]);
    deepEqual([asset?.status?.phase, asset?.status?.reason], ["Pending", "Scheduled"]);
  });
  proceed.resolve();
  await eventually(async () => {
    const [[group], [asset]] = await Promise.all([running.groups(), running.assets()]);
    deepEqual([group?.status?.phase, asset?.status?.phase], ["Ready", "Ready"]);
  });
});

test("changing documents - what is being checked when all groups are looked through is not checked again", async () => {
  const clock = new FakeClock();
  await using running = await RunningDocuments.open({ clock, starts: false });
  const proceed = Promise.withResolvers<void>();
  let checks = 0;
  const check = async () => {
    checks++;
    await proceed.promise;
    throw new Error("to be tried again");
  };
  const { context, review, services } = partsOf(running, clock, check, () => {});
  await using _ = review;
  const staged = await services.stage([{ type: "docs", fileName: "x.json", content: Buffer.from("{}") }]);
  await services.publish({ application: "shop", serviceId: "s1", displayName: "", description: "" }, staged);
  await eventually(() => equal(checks, 1));
  const timers = clock.timers;
  await using _upkeep = new Upkeep(context, review);
  // Its last step sets the timer of the next hour.
  await eventually(() => equal(clock.timers, timers + 1));
  proceed.resolve();
  await review.settled("s1");
  equal(checks, 1);
});

test("changing documents - what is said of a new document is written at once, as the whole", async () => {
  const clock = new FakeClock();
  await using running = await RunningDocuments.open({ clock });
  const { review, services } = partsOf(running, clock, async () => READY);
  await using _ = review;
  const ending = new AbortController();
  const seen: string[] = [];
  const watching = (async () => {
    for await (const change of running.store.collection(clusterAssetKind).watch({}, ending)) {
      if ("object" in change) seen.push(`${change.type} ${change.object.status?.phase}`);
    }
  })();
  const documents = TYPES.map((type) => ({ type, fileName: "x.json", content: Buffer.from("{}") }));
  const staged = await services.stage(documents);
  await services.publish({ application: "shop", serviceId: "s1", displayName: "", description: "" }, staged);
  await review.settled("s1");
  await eventually(() => equal(seen.length, 2));
  ending.abort();
  await watching;
  deepEqual(seen, ["added Ready", "added Ready"]);
  const [[group], assets] = await Promise.all([running.groups(), running.assets()]);
  equal(group?.status?.phase, "Ready");
  deepEqual(
    assets.map(({ metadata, status }) => status?.observedGeneration === metadata.generation),
    [true, true],
  );
});

test("changing documents - an asset that a former group of the name left is replaced", async () => {
  const clock = new FakeClock();
  await using running = await RunningDocuments.open({ clock });
  const { review, services } = partsOf(running, clock, async () => READY);
  await using _ = review;
  const assets = running.store.collection(clusterAssetKind);
  const group = { application: "shop", serviceId: "s1", displayName: "", description: "" };
  const staged = await services.stage([{ type: "docs", fileName: "x.json", content: Buffer.from("{}") }]);
  await services.publish(group, staged);
  await review.settled("s1");
  const [former] = await running.assets();
  ok(former);
  await services.remove("shop", "s1");
  const owners = former.metadata.ownerReferences?.map((owner) => ({ ...owner, controller: false }));
  await assets.create({
    metadata: { name: former.metadata.name, annotations: { former: "yes" }, ownerReferences: owners ?? [] },
    spec: former.spec,
  });
  await services.publish(group, staged);
  await review.settled("s1");
  const [asset, ...others] = await running.assets();
  deepEqual(others, []);
  equal(asset?.metadata.annotations?.["former"], undefined);
  equal(asset?.metadata.ownerReferences?.[0]?.uid, (await running.groups())[0]?.metadata.uid);
  equal(asset?.status?.phase, "Ready");
});

test("changing documents - content that is published again unchanged does not stay at hand for a check", async () => {
  const clock = new FakeClock();
  await using running = await RunningDocuments.open({ clock });
  const { context, review, services } = partsOf(running, clock, async () => READY);
  await using _ = review;
  const group = { application: "shop", serviceId: "s1", displayName: "", description: "" };
  for (let time = 0; time < 2; time++) {
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    const staged = await services.stage([{ type: "docs", fileName: "x.json", content: Buffer.from("{}") }]);
    // oxlint-disable-next-line no-await-in-loop -- as above
    await services.publish(group, staged);
    // oxlint-disable-next-line no-await-in-loop -- as above
    await review.settled("s1");
    equal(context.blobs.takeFresh(staged.documents[0]!.hash), undefined);
  }
});

test("changing documents - a group that is removed while it is checked leaves no assets", async () => {
  const clock = new FakeClock();
  await using running = await RunningDocuments.open({ clock, starts: false });
  const begun = Promise.withResolvers<void>();
  const proceed = Promise.withResolvers<void>();
  const { review, services } = partsOf(running, clock, async () => {
    begun.resolve();
    await proceed.promise;
    return READY;
  });
  await using _ = review;
  const document = { fileName: "x.json", content: Buffer.from("{}") };
  const staged = await services.stage(TYPES.map((type) => ({ type, ...document })));
  await services.publish({ application: "shop", serviceId: "s1", displayName: "", description: "" }, staged);
  await begun.promise;
  await services.remove("shop", "s1");
  proceed.resolve();
  await review.settled("s1");
  deepEqual(await running.assets(), []);
});

test("changing documents - a start removes assets whose group is gone, and no others", async () => {
  await using running = await RunningDocuments.open({ services: ["s1"] });
  const document = { type: "docs" as const, fileName: "x.json", content: Buffer.from("{}") };
  const staged = await running.services.stage([document]);
  await running.services.publish(
    { application: "shop", serviceId: "s1", displayName: "", description: "" },
    staged,
  );
  await running.catalog.list("shop", "s1");
  const [kept] = await running.assets();
  ok(kept);
  const assets = running.store.collection(clusterAssetKind);
  const { metadata, spec } = kept;
  const { annotations = {}, ownerReferences = [] } = metadata;
  const labels = { "rafter.kyma-project.io/asset-group": "gone" };
  const [owner] = ownerReferences;
  const gone = owner ? [{ ...owner, uid: "0b1c2d3e-0000-4000-8000-000000000009" }] : [];
  await assets.create({ metadata: { name: "stray", labels, annotations, ownerReferences: gone }, spec });
  await assets.create({ metadata: { name: "by-hand", labels }, spec });
  await running.stop();
  await running.start();
  await eventually(async () => {
    const names = (await running.assets()).map(({ metadata: { name } }) => name);
    deepEqual(names, ["by-hand", kept.metadata.name]);
  });
});
