import fc from "fast-check";
import type { Body, RandomObject } from "./random-step.ts";

const some = (shape: Readonly<Record<string, fc.Arbitrary<unknown>>>): fc.Arbitrary<Body> =>
  fc.record(shape, { requiredKeys: [], noNullPrototype: true });

/** Mostly something, now and then null, as people write to take a field away. */
const orNull = (value: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
  fc.oneof({ arbitrary: value, weight: 8 }, { arbitrary: fc.constant(null), weight: 1 });

const words = fc.constantFrom("a", "b", "");
const mapOf = (value: fc.Arbitrary<unknown>) => orNull(some({ x: orNull(value), "y.io/z": orNull(value) }));
const listOf = (value: fc.Arbitrary<unknown>) => orNull(fc.array(value, { maxLength: 2 }));

const ownerReference = (uid: string) =>
  fc.record(
    {
      apiVersion: fc.constant("v1"),
      kind: fc.constant("ConfigMap"),
      name: fc.constantFrom("n", "m"),
      uid: fc.constant(uid),
      controller: fc.constantFrom(true, false),
    },
    { requiredKeys: ["apiVersion", "kind", "name", "uid"], noNullPrototype: true },
  );

const metadata = some({
  labels: mapOf(fc.constantFrom("a", "b", "")),
  annotations: mapOf(words),
  finalizers: orNull(fc.shuffledSubarray(["a.io/x", "a.io/y", "a.io/z"])),
  ownerReferences: orNull(
    fc
      .tuple(ownerReference("u1"), ownerReference("u2"), fc.constantFrom(0, 1, 2, 3))
      .map(([one, two, which]) => [[], [one], [one, two], [two, one]][which]),
  ),
});

const entry = some({
  type: fc.constantFrom("API", "Events", "Other"),
  targetUrl: words,
});

const service = fc
  .record({
    id: words,
    entries: fc.array(entry, { maxLength: 1 }),
    more: some({ tags: listOf(words), labels: mapOf(words) }),
  })
  .map(({ id, entries, more }) => ({
    ...{ id, name: id, displayName: "d", providerDisplayName: "p", description: "s", entries },
    ...more,
  }));

const spec = some({
  description: orNull(words),
  encodeUrl: orNull(fc.boolean()),
  labels: mapOf(words),
  tags: listOf(words),
  services: listOf(service),
  accessLabel: fc.constantFrom("a", "-"),
  compassMetadata: orNull(
    some({ applicationId: words, authentication: orNull(some({ clientIds: listOf(words) })) }),
  ),
});

const rarely = <Value>(value: fc.Arbitrary<Value>) =>
  fc.oneof({ arbitrary: value, weight: 1 }, { arbitrary: fc.constant(undefined), weight: 9 });

function withoutUndefined(body: Body): Body {
  return Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined));
}

const applicationBodies = fc
  .record({
    metadata,
    spec: orNull(spec),
    status: rarely(orNull(some({ installationStatus: orNull(some({ status: words, description: words })) }))),
    bogus: rarely(fc.constant(1)),
  })
  .map(withoutUndefined);

const bytes = fc.constantFrom("YQ==", "Yg==", "", "!");

const secretBodies = fc
  .record({
    metadata,
    data: rarelyNot(mapOf(bytes)),
    stringData: rarely(mapOf(words)),
    type: rarely(fc.constantFrom("Opaque", "other.io/x")),
    immutable: rarely(orNull(fc.boolean())),
  })
  .map(withoutUndefined);

const configMapBodies = fc
  .record({
    metadata,
    data: rarelyNot(mapOf(words)),
    binaryData: rarely(mapOf(bytes)),
    immutable: rarely(orNull(fc.boolean())),
  })
  .map(withoutUndefined);

const subscriptionBodies = fc
  .record({
    metadata,
    spec: some({
      sink: words,
      source: words,
      types: listOf(words),
      typeMatching: orNull(words),
      config: mapOf(words),
    }).map((more) => ({ sink: "s", source: "s", types: ["t"], ...more })),
    status: rarelyNot(
      some({ ready: fc.boolean(), types: fc.constant([]), backend: orNull(some({ copiedFrom: words })) }),
    ),
  })
  .map(withoutUndefined);

function rarelyNot<Value>(value: fc.Arbitrary<Value>) {
  return fc.oneof({ arbitrary: value, weight: 5 }, { arbitrary: fc.constant(undefined), weight: 1 });
}

/** What is written at random, by plural. */
export const randomObjects: Readonly<Record<string, RandomObject>> = {
  applications: {
    bodies: applicationBodies,
    pointers: ["", "/description", "/labels", "/labels/x", "/tags", "/tags/-", "/tags/0", "/encodeUrl"].map(
      (field) => `/spec${field}`,
    ),
    core: false,
    status: false,
  },
  secrets: {
    bodies: secretBodies,
    pointers: ["/data", "/data/x", "/stringData", "/stringData/x", "/type", "/immutable"],
    core: true,
    status: false,
  },
  configmaps: {
    bodies: configMapBodies,
    pointers: ["/data", "/data/x", "/binaryData/y", "/immutable"],
    core: true,
    status: false,
  },
  subscriptions: {
    bodies: subscriptionBodies,
    pointers: ["config", "config/x", "types/-", "sink", "typeMatching"].map((field) => `/spec/${field}`),
    core: false,
    status: true,
  },
};
