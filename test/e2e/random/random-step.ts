import fc from "fast-check";

export type Body = Readonly<Record<string, unknown>>;

/** One write; what names the object, and its version, are each server's own. */
export type Step = { readonly manager: string } & (
  | { readonly verb: "create"; readonly body: Body }
  | {
      readonly verb: "replace";
      readonly body: Body;
      /** What is sent of the entries that were read. */
      readonly entries: "as read" | "none" | "emptied";
      readonly version: "as read" | "none" | "stale";
    }
  | { readonly verb: "merge" | "strategic"; readonly body: Body; readonly subresource: "status" | undefined }
  | { readonly verb: "json"; readonly operations: readonly Body[] }
  | {
      readonly verb: "apply";
      readonly body: Body;
      readonly force: boolean;
      readonly subresource: "status" | undefined;
    }
  | { readonly verb: "delete" }
);

const METADATA_POINTERS = [
  "/metadata/labels",
  "/metadata/labels/x",
  "/metadata/annotations/x",
  "/metadata/finalizers",
  "/metadata/finalizers/0",
  "/metadata/ownerReferences/-",
  "/metadata/managedFields",
  "/metadata/managedFields/0",
  "/nope/x",
];

const managers = fc.constantFrom("one", "two", "three", "kubectl");

export interface RandomObject {
  readonly bodies: fc.Arbitrary<Body>;
  /** Of its own fields, for JSON patches. */
  readonly pointers: readonly string[];
  /** Whether it takes strategic patches. */
  readonly core: boolean;
  /** Whether its status is written apart. */
  readonly status: boolean;
}

/** The writes of one object, the first of which mostly makes it. */
export function randomSteps({ bodies, pointers: own, core, status }: RandomObject): fc.Arbitrary<Step[]> {
  const pointers = [...own, ...METADATA_POINTERS];
  const operation = fc.record(
    {
      op: fc.constantFrom("add", "add", "replace", "remove", "copy", "move", "test"),
      path: fc.constantFrom(...pointers),
      from: fc.constantFrom(...pointers),
      value: fc.constantFrom<unknown>("YQ==", "b", {}, [], null, ["a"], { a: "YQ==" }, true),
    },
    { noNullPrototype: true },
  );
  const subresource = status
    ? fc.constantFrom(undefined, undefined, "status" as const)
    : fc.constant(undefined);
  const create = fc.record({ verb: fc.constant("create" as const), body: bodies, manager: managers });
  const apply = fc.record({
    verb: fc.constant("apply" as const),
    body: bodies,
    manager: managers,
    force: fc.boolean(),
    subresource,
  });
  const replace = fc.record({
    verb: fc.constant("replace" as const),
    body: bodies,
    manager: managers,
    entries: fc.constantFrom("as read" as const, "as read" as const, "none" as const, "emptied" as const),
    version: fc.constantFrom("as read" as const, "as read" as const, "none" as const, "stale" as const),
  });
  const merge = fc.record({
    verb: core ? fc.constantFrom("merge" as const, "strategic" as const) : fc.constant("merge" as const),
    body: bodies,
    manager: managers,
    subresource,
  });
  const json = fc.record({
    verb: fc.constant("json" as const),
    operations: fc.array(operation, { minLength: 1, maxLength: 3 }),
    manager: managers,
  });
  const remove = fc.record({ verb: fc.constant("delete" as const), manager: managers });
  const first = fc.oneof(create, apply);
  const later = fc.oneof(
    { arbitrary: apply, weight: 8 },
    { arbitrary: merge, weight: 3 },
    { arbitrary: replace, weight: 3 },
    { arbitrary: json, weight: 2 },
    { arbitrary: create, weight: 1 },
    { arbitrary: remove, weight: 1 },
  );
  return fc
    .tuple(first, fc.array(later, { minLength: 1, maxLength: 10 }))
    .map(([made, more]): Step[] => [made, ...more]);
}
