import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";
import { applicationKind, type Application } from "../../../src/core/resources/application.ts";
import type { ManagedFieldsEntry } from "../../../src/core/resources/managed-fields/entry.ts";
import type { Metadata, Resource } from "../../../src/core/resources/resource.ts";
import { widgetKind } from "../../doubles/store-kinds.ts";
import { refOf, WatchReader, type Subjects } from "./subject.ts";

/** `manager operation` of each entry, with its fields. */
function shown({ metadata }: Resource): [string, ManagedFieldsEntry["fieldsV1"]][] {
  return (metadata.managedFields ?? []).map(({ manager, operation, subresource, fieldsV1 }) => [
    [manager, operation, subresource].filter(Boolean).join(" "),
    fieldsV1,
  ]);
}

export function managingContract(name: string, subjects: Subjects): void {
  const applicationsOf = () => subjects().store.collection(applicationKind, { managedFields: true });
  const create = (metadata: object, spec: NonNullable<Application["spec"]>, manager: string) =>
    applicationsOf().create({ metadata: { name: subjects().unique("m"), ...metadata }, spec }, { manager });

  test(`${name} store - who makes an object owns all of it, defaults too`, async () => {
    const created = await create({ labels: { a: "1" } }, { description: "d", tags: ["x"] }, "maker");
    const [entry, ...more] = created.metadata.managedFields ?? [];
    deepEqual(more, []);
    deepEqual(entry, {
      manager: "maker",
      operation: "Update",
      apiVersion: created.apiVersion,
      time: created.metadata.creationTimestamp,
      fieldsType: "FieldsV1",
      fieldsV1: {
        "f:metadata": { "f:labels": { ".": {}, "f:a": {} } },
        "f:spec": { ".": {}, "f:description": {}, "f:tags": {}, "f:encodeUrl": {} },
      },
    });
    deepEqual(await applicationsOf().get(refOf(created)), created);
    const { applications } = subjects();
    equal((await applications.get(refOf(created)))?.metadata.managedFields, undefined);
  });

  test(`${name} store - who changes a field takes it from the others`, async () => {
    const created = await create({}, { description: "d", displayName: "n", tags: ["x"] }, "maker");
    const applications = applicationsOf();
    const value = { spec: { description: "e", labels: { l: "1" }, displayName: null } };
    const patched = await applications.patch(
      refOf(created),
      { type: "merge", value },
      { manager: "patcher" },
    );
    deepEqual(shown(patched), [
      ["maker Update", { "f:spec": { ".": {}, "f:tags": {}, "f:encodeUrl": {} } }],
      ["patcher Update", { "f:spec": { "f:description": {}, "f:labels": { ".": {}, "f:l": {} } } }],
    ]);
    // Sent without entries, as a part of the product sends it, or with unreadable ones: the stored ones stay.
    for (const managedFields of [undefined, null, [], [{ manager: "m" }]]) {
      const metadata = { ...patched.metadata, managedFields } as unknown as Metadata;
      equal(
        (await applications.update({ ...patched, metadata })).metadata.resourceVersion,
        patched.metadata.resourceVersion,
      );
    }
    const { resourceVersion: _first, managedFields: _former, ...rest } = patched.metadata;
    const metadata = { ...rest, resourceVersion: patched.metadata.resourceVersion };
    const replaced = await applications.update({ ...patched, metadata, spec: {} }, { manager: "replacer" });
    deepEqual(shown(replaced), [["maker Update", { "f:spec": { ".": {}, "f:encodeUrl": {} } }]]);
  });

  test(`${name} store - entries alone can be changed, and taken away for good`, async () => {
    const created = await create({}, { description: "d" }, "maker");
    const applications = applicationsOf();
    const entry = { ...created.metadata.managedFields?.[0], manager: "renamed" } as ManagedFieldsEntry;
    const renamed = await applications.update(
      { ...created, metadata: { ...created.metadata, managedFields: [entry] } },
      { manager: "other" },
    );
    deepEqual(renamed.metadata.managedFields, [entry]);
    equal(renamed.metadata.resourceVersion === created.metadata.resourceVersion, false);
    equal(renamed.metadata.generation, 1);
    const none = { type: "merge", value: { metadata: { managedFields: [{}] } } } as const;
    const emptied = await applications.patch(refOf(created), none, { manager: "other" });
    equal(emptied.metadata.managedFields, undefined);
    const change = { type: "merge", value: { spec: { description: "e" } } } as const;
    const changed = await applications.patch(refOf(created), change, { manager: "other" });
    equal(changed.metadata.managedFields, undefined);
  });

  test(`${name} store - the status has owners of its own`, async () => {
    const { store, unique, namespace } = subjects();
    const widgets = store.collection(widgetKind, { managedFields: true });
    const metadata = { name: unique("w"), namespace: await namespace() };
    const created = await widgets.create(
      { metadata, spec: { size: "s" }, status: { state: "x" } },
      { manager: "m" },
    );
    deepEqual(shown(created), [["m Update", { "f:spec": { ".": {}, "f:size": {}, "f:enabled": {} } }]]);
    const status = { ...created, status: { state: "ready" } };
    const updated = await widgets.updateStatus(status, { manager: "s" });
    deepEqual(shown(updated), [
      ["m Update", { "f:spec": { ".": {}, "f:size": {}, "f:enabled": {} } }],
      ["s Update status", { "f:status": { ".": {}, "f:state": {} } }],
    ]);
  });

  test(`${name} store - who adds to a list that is kept item by item owns the list`, async () => {
    const { applications, unique } = subjects();
    const service = (id: number) => ({
      id: `id-${id}`,
      name: `service-${id}`,
      displayName: "x".repeat(200),
      providerDisplayName: "p",
      description: "d",
      entries: [],
    });
    const services = Array.from({ length: 40 }, (_, index) => service(index));
    const metadata = { name: unique("large"), labels: { a: "1" } };
    await applications.create({ metadata, spec: { services } }, { manager: "maker" });
    const selector = {
      fields: [{ field: "metadata.name", operator: "=", value: metadata.name }],
    } as const;
    await using watch = new WatchReader(applications, selector);
    await using asking = new WatchReader(applicationsOf(), selector);
    const [first] = await watch.untilSynced();
    // The other watch has been given it before, without them.
    const [listed] = await asking.untilSynced();
    equal(listed && "object" in listed && listed.object.metadata.managedFields?.length, 1);
    if (!first || !("object" in first)) throw new Error("it is listed");
    // From what the watch gave, so that only the new item is written.
    const spec = { ...first.object.spec, services: [...(first.object.spec?.services ?? []), service(40)] };
    const updated = await applications.update({ ...first.object, spec }, { manager: "adder" });
    equal(updated.metadata.managedFields, undefined);
    const expected = [
      [
        "maker Update",
        { "f:metadata": { "f:labels": { ".": {}, "f:a": {} } }, "f:spec": { ".": {}, "f:encodeUrl": {} } },
      ],
      ["adder Update", { "f:spec": { "f:services": {} } }],
    ];
    const stored = await applicationsOf().get(metadata);
    deepEqual(stored && shown(stored).toSorted(), expected.toSorted());
    equal(stored?.spec?.services?.length, 41);
    const seen = await asking.next();
    deepEqual("object" in seen && seen.object, stored);
    const plain = await watch.next();
    deepEqual("object" in plain && plain.object, updated);
  });

  test(`${name} store - watchers see who wrote what only where they ask for it`, async () => {
    const created = await create({}, { description: "d" }, "maker");
    const selector = {
      fields: [{ field: "metadata.name", operator: "=", value: created.metadata.name }],
    } as const;
    await using asking = new WatchReader(applicationsOf(), selector);
    await using other = new WatchReader(subjects().applications, selector);
    const [first] = await asking.untilSynced();
    deepEqual(first && "object" in first && first.object, created);
    await other.untilSynced();
    const value = { spec: { description: "e" } };
    const patched = await applicationsOf().patch(refOf(created), { type: "merge", value }, { manager: "p" });
    const [seen, plain] = [await asking.next(), await other.next()];
    deepEqual("object" in seen && seen.object, patched);
    const { managedFields: _entries, ...metadata } = patched.metadata;
    deepEqual("object" in plain && plain.object, { ...patched, metadata });
  });
}
