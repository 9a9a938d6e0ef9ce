import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";
import { applicationKind } from "../../../src/core/resources/application.ts";
import type { Kind } from "../../../src/core/resources/kind.ts";
import { fieldPaths } from "../../../src/core/resources/managed-fields/fields.ts";
import { LAST_APPLIED } from "../../../src/core/resources/managed-fields/last-applied.ts";
import type { Ref, Resource } from "../../../src/core/resources/resource.ts";
import { secretKind } from "../../../src/core/resources/secret.ts";
import type { StoreFailureCode } from "../../../src/stores/failures.ts";
import type { Applying } from "../../../src/stores/store.ts";
import { widgetKind } from "../../doubles/store-kinds.ts";
import { failureOf, type Subjects } from "./subject.ts";

const G = "applicationconnector.kyma-project.io/v1alpha1";

/** `manager operation` of each entry, and its fields; sorted by them, since their own order depends on the time. */
function held({ metadata }: Resource): string[][] {
  const entries = metadata.managedFields ?? [];
  return entries
    .map(({ manager, operation, subresource, fieldsV1 }) => [
      [manager, operation, subresource].filter(Boolean).join(" "),
      ...fieldPaths(fieldsV1),
    ])
    .toSorted();
}

export function applyingContract(name: string, subjects: Subjects): void {
  const collectionOf = <T extends Resource>(kind: Kind<T>) =>
    subjects().store.collection(kind, { managedFields: true });
  const applications = () => collectionOf(applicationKind);
  const application = (spec: object, metadata: object = {}) => ({
    apiVersion: G,
    kind: "Application",
    metadata,
    spec,
  });

  test(`${name} store - an apply makes an object, and owns what it names`, async () => {
    const ref = { name: subjects().unique("app") };
    const body = application({ description: "d", labels: { l: "1" } }, { labels: { a: "b" } });
    const { value, created } = await applications().apply(ref, body, { manager: "m" });
    equal(created, true);
    deepEqual(value.spec, { description: "d", labels: { l: "1" }, encodeUrl: true });
    deepEqual(held(value), [["m Apply", ".metadata.labels.a", ".spec.description", ".spec.labels.l"]]);
    deepEqual(await applications().get(ref), value);
    const again = await applications().apply(ref, body, { manager: "m" });
    deepEqual(again, { value, created: false });
  });

  test(`${name} store - an apply may be for a new object alone, or for one version of it`, async () => {
    const ref = { name: subjects().unique("app") };
    const apply = (description: string, options: Partial<Applying>) =>
      applications().apply(ref, application({ description }), { manager: "m", ...options });
    const { value } = await apply("made", { onlyNew: true });
    await failureOf(apply("again", { onlyNew: true }), "STORE_ALREADY_EXISTS");
    const { resourceVersion } = value.metadata;
    await apply("changed", { precondition: { resourceVersion } });
    await failureOf(apply("late", { precondition: { resourceVersion } }), "STORE_CONFLICT");
    equal((await applications().get(ref))?.spec?.description, "changed");
  });

  test(`${name} store - what an apply names no more is taken away, defaults come back`, async () => {
    const ref = { name: subjects().unique("app") };
    const apply = (spec: object) => applications().apply(ref, application(spec), { manager: "m" });
    await apply({ description: "d", encodeUrl: false, tags: ["a"], labels: { x: "1" } });
    const more = { type: "merge", value: { spec: { displayName: "n" } } } as const;
    await applications().patch(ref, more, { manager: "other" });
    const { value } = await apply({ tags: ["b"] });
    deepEqual(value.spec, { tags: ["b"], encodeUrl: true, displayName: "n" });
    deepEqual(held(value), [
      ["m Apply", ".spec.tags"],
      ["other Update", ".spec.displayName"],
    ]);
    equal(value.metadata.generation, 3);
  });

  test(`${name} store - a field of another manager is a conflict, unless it is taken by force`, async () => {
    const ref = { name: subjects().unique("app") };
    const apply = (manager: string, description: string, force = false) =>
      applications().apply(ref, application({ description }), { manager, force });
    await apply("first", "one");
    const failure = await failureOf(apply("second", "two"), "STORE_APPLY_CONFLICT");
    equal(failure.message, 'Apply failed with 1 conflict: conflict with "first": .spec.description');
    deepEqual(failure.causes, [
      { reason: "FieldManagerConflict", message: 'conflict with "first"', field: ".spec.description" },
    ]);
    equal((await applications().get(ref))?.spec?.description, "one");
    const { value } = await apply("second", "two", true);
    deepEqual(held(value), [["second Apply", ".spec.description"]]);
    const shared = await apply("first", "two");
    deepEqual(held(shared.value), [
      ["first Apply", ".spec.description"],
      ["second Apply", ".spec.description"],
    ]);
  });

  test(`${name} store - a dry run of an apply keeps nothing`, async () => {
    const ref = { name: subjects().unique("app") };
    const apply = (description: string, dryRun: boolean) =>
      applications().apply(ref, application({ description }), { manager: "m", dryRun });
    const dry = await apply("d", true);
    deepEqual([dry.created, dry.value.metadata.resourceVersion], [true, undefined]);
    equal(await applications().get(ref), undefined);
    const { value } = await apply("d", false);
    const shown = await apply("e", true);
    equal(shown.value.spec?.description, "e");
    equal(shown.value.metadata.resourceVersion, value.metadata.resourceVersion);
    deepEqual(await applications().get(ref), value);
  });

  test(`${name} store - a body that cannot be applied is refused and changes nothing`, async () => {
    const ref = { name: subjects().unique("app") };
    const apply = (body: unknown) => applications().apply(ref, body, { manager: "m" });
    const { value } = await apply(application({ description: "d" }));
    const prefix = `failed to create typed patch object (/${ref.name}; ${G}, Kind=Application): `;
    const cases: [unknown, StoreFailureCode, string?][] = [
      [{ spec: {} }, "STORE_BAD_APPLY", "invalid object type: /, Kind="],
      [{ apiVersion: "v1", kind: "Secret" }, "STORE_BAD_APPLY", "invalid object type: /v1, Kind=Secret"],
      [[], "STORE_BAD_APPLY"],
      [
        application({}, { managedFields: [{ manager: "x" }] }),
        "STORE_BAD_APPLY",
        "metadata.managedFields must be nil",
      ],
      [application({ bogus: 1 }), "STORE_BAD_APPLY", `${prefix}.spec.bogus: field not declared in schema`],
      [
        application({ description: 7, services: [{ entries: [{ zzz: 1 }] }] }),
        "STORE_BAD_APPLY",
        `${prefix}errors:\n  .spec.description: expected string, got integer\n  .spec.services[0].entries[0].zzz: field not declared in schema`,
      ],
      [
        application({}, { finalizers: ["a/b", "a/b"] }),
        "STORE_BAD_APPLY",
        `${prefix}.metadata.finalizers: duplicate entries`,
      ],
      [application({}, { name: "other" }), "STORE_NAME_MISMATCH"],
      [application({}, { resourceVersion: "1" }), "STORE_CONFLICT"],
      [application({}, { uid: "zz" }), "STORE_INVALID"],
      [application({}, { labels: { "-": "x" } }), "STORE_INVALID"],
    ];
    for (const [body, code, message] of cases) {
      const failure = await failureOf(apply(body), code);
      if (message !== undefined) equal(failure.message, message);
    }
    deepEqual(await applications().get(ref), value);
    const absent = (metadata: object) =>
      applications().apply({ name: subjects().unique() }, application({}, metadata), { manager: "m" });
    await failureOf(absent({ uid: "gone" }), "STORE_CONFLICT");
    await failureOf(absent({ resourceVersion: "1" }), "STORE_BAD_APPLY");
  });

  test(`${name} store - finalizers and owners are applied one by one`, async () => {
    const ref = { name: subjects().unique("app") };
    const apply = (manager: string, metadata: object) =>
      applications().apply(ref, application({}, metadata), { manager });
    const owner = (uid: string) => ({ apiVersion: "v1", kind: "Namespace", name: "n", uid });
    await apply("m", { finalizers: ["a.io/b"], ownerReferences: [owner("1")] });
    await apply("n", { finalizers: ["c.io/d"], ownerReferences: [owner("2")] });
    const { value } = await apply("m", { ownerReferences: [owner("1")] });
    deepEqual(value.metadata.finalizers, ["c.io/d"]);
    deepEqual(
      value.metadata.ownerReferences?.map(({ uid }) => uid),
      ["1", "2"],
    );
    await apply("n", {});
    const rest = await apply("m", {});
    deepEqual([rest.value.metadata.finalizers, rest.value.metadata.ownerReferences], [undefined, undefined]);
  });

  test(`${name} store - a secret's stringData is owned as such and becomes data`, async () => {
    const { unique, namespace } = subjects();
    const ref: Ref = { name: unique("s"), namespace: await namespace() };
    const secrets = collectionOf(secretKind);
    const apply = (manager: string, data: object) =>
      secrets.apply(ref, { apiVersion: "v1", kind: "Secret", metadata: {}, ...data }, { manager });
    await apply("m", { data: { user: "dQ==" } });
    const { value } = await apply("n", { stringData: { user: "other" } });
    deepEqual(value.data, { user: Buffer.from("other").toString("base64") });
    equal("stringData" in value, false);
    deepEqual(held(value), [
      ["m Apply", ".data.user"],
      ["n Apply", ".stringData.user"],
    ]);
    const canary = "hunter2";
    for (const bad of [{ data: { user: canary } }, { data: { user: 7 } }, { stringData: [canary] }]) {
      const outcome = await apply("m", bad).then(
        () => "applied",
        (error: unknown) => String(error),
      );
      equal(outcome.includes(canary), false, outcome);
      equal(outcome === "applied", false);
    }
  });

  test(`${name} store - what kubectl applied last is noted where it was before, and never of a Secret`, async () => {
    const { unique, namespace } = subjects();
    const before = { annotations: { [LAST_APPLIED]: "{}", other: "kept" } };
    const app: Ref = { name: unique("app") };
    const body = application({ description: "d" });
    await applications().create({ metadata: { ...app, ...before } });
    const { value } = await applications().apply(app, body, { manager: "kubectl" });
    deepEqual(value.metadata.annotations, { other: "kept", [LAST_APPLIED]: `${JSON.stringify(body)}\n` });
    const others = await applications().apply(app, application({ labels: {} }), { manager: "m" });
    deepEqual(others.value.metadata.annotations, value.metadata.annotations);
    const ref: Ref = { name: unique("s"), namespace: await namespace() };
    const secrets = collectionOf(secretKind);
    await secrets.create({ metadata: { ...ref, ...before } });
    const sent = { apiVersion: "v1", kind: "Secret", metadata: {}, data: { user: "dXNlcg==" } };
    const kept = await secrets.apply(ref, sent, { manager: "kubectl" });
    deepEqual([kept.value.data, kept.value.metadata.annotations], [sent.data, before.annotations]);
  });

  test(`${name} store - an apply to the status takes and records the status alone`, async () => {
    const { unique, namespace } = subjects();
    const widgets = collectionOf(widgetKind);
    const ref: Ref = { name: unique("w"), namespace: await namespace() };
    const apply = (manager: string, more: object, subresource?: "status") =>
      widgets.apply(
        ref,
        { apiVersion: "contract.example/v1", kind: "Widget", metadata: {}, ...more },
        { manager, ...(subresource ? { subresource } : {}) },
      );
    await failureOf(apply("c", { status: { state: "x" } }, "status"), "STORE_NOT_FOUND");
    const both = { spec: { size: "s" }, status: { state: "mine" } };
    const made = await apply("m", both);
    deepEqual([made.value.status, held(made.value)], [undefined, [["m Apply", ".spec.size"]]]);
    const { value } = await apply("c", { ...both, spec: { size: "l" } }, "status");
    deepEqual([value.status, value.spec?.size], [{ state: "mine" }, "s"]);
    deepEqual(held(value), [
      ["c Apply status", ".status.state"],
      ["m Apply", ".spec.size"],
    ]);
    const failure = await failureOf(apply("d", { status: { state: "x" } }, "status"), "STORE_APPLY_CONFLICT");
    equal(
      failure.message,
      'Apply failed with 1 conflict: conflict with "c" with subresource "status": .status.state',
    );
    const emptied = await apply("c", {}, "status");
    equal(emptied.value.status, undefined);
    equal(emptied.value.spec?.size, "s");
  });

  test(`${name} store - an apply reaches services that are kept one by one`, async () => {
    const ref = { name: subjects().unique("app") };
    const service = (id: number) => ({
      id: `id-${id}`,
      name: `service-${id}`,
      displayName: "x".repeat(200),
      providerDisplayName: "p",
      description: "d",
      entries: [],
    });
    const services = Array.from({ length: 40 }, (_, index) => service(index));
    const apply = (manager: string, spec: object, force = false) =>
      applications().apply(ref, application(spec), { manager, force });
    await apply("m", { services });
    const { value } = await apply("n", { description: "more" });
    deepEqual([value.spec?.services?.length, value.spec?.description], [40, "more"]);
    // A part of the product adds one, which it then owns with all.
    const { applications: plain } = subjects();
    const found = await plain.get(ref);
    if (!found) throw new Error("it is there");
    await plain.update({ ...found, spec: { ...found.spec, services: [...services, service(40)] } });
    const changed = await applications().get(ref);
    deepEqual(changed && held(changed), [
      ["appconn-server Update", ".spec.services"],
      ["n Apply", ".spec.description"],
    ]);
    await failureOf(apply("m", { services }), "STORE_APPLY_CONFLICT");
    equal((await apply("m", { services }, true)).value.spec?.services?.length, 40);
  });
}
