import { test } from "node:test";
import { deepEqual, equal, notEqual, ok } from "node:assert/strict";
import { failureOf, refOf, WatchReader, type Subjects } from "./subject.ts";

export function updatingContract(name: string, subjects: Subjects): void {
  test(`${name} store - an update replaces the object and raises version and generation`, async () => {
    const { applications, application } = subjects();
    const created = await application({ description: "one", longDescription: "gone after" });
    const updated = await applications.update({ ...created, spec: { description: "two" } });
    deepEqual(updated.spec, { description: "two", encodeUrl: true });
    ok(Number(updated.metadata.resourceVersion) > Number(created.metadata.resourceVersion));
    equal(updated.metadata.generation, 2);
    equal(updated.metadata.uid, created.metadata.uid);
    equal(updated.metadata.creationTimestamp, created.metadata.creationTimestamp);
    deepEqual(await applications.get(refOf(created)), updated);
  });

  test(`${name} store - a change of metadata alone raises the version, not the generation`, async () => {
    const { applications, application } = subjects();
    const created = await application();
    const metadata = { ...created.metadata, labels: { tier: "gold" }, annotations: { a: "b" } };
    const updated = await applications.update({ ...created, metadata });
    deepEqual([updated.metadata.labels, updated.metadata.annotations], [{ tier: "gold" }, { a: "b" }]);
    equal(updated.metadata.generation, 1);
    notEqual(updated.metadata.resourceVersion, created.metadata.resourceVersion);
  });

  test(`${name} store - a write that changes nothing keeps the version and is no event`, async () => {
    const { applications, application, unique } = subjects();
    const created = await application({ description: "d", tags: ["a"] });
    await using watch = new WatchReader(applications, undefined, created.metadata);
    const reordered = { spec: { tags: ["a"], description: "d", encodeUrl: true }, ...withoutSpec(created) };
    deepEqual(await applications.update(reordered), created);
    deepEqual(await applications.patch(refOf(created), { type: "merge", value: {} }), created);
    const other = await applications.create({ metadata: { name: unique("app") }, spec: {} });
    deepEqual(await watch.shown(1), [`added ${other.metadata.name}`]);
  });

  test(`${name} store - a second writer with a stale version is refused`, async () => {
    const { applications, application } = subjects();
    const created = await application();
    const first = await applications.update({ ...created, spec: { description: "first" } });
    const failure = await failureOf(
      applications.update({ ...created, spec: { description: "second" } }),
      "STORE_CONFLICT",
    );
    equal(
      failure.message,
      `Operation cannot be fulfilled on applications.applicationconnector.kyma-project.io "${created.metadata.name}": the object has been modified; please apply your changes to the latest version and try again`,
    );
    deepEqual(await applications.get(refOf(created)), first);
  });

  test(`${name} store - of many writers with the same version, one wins`, async () => {
    const { applications, application } = subjects();
    const created = await application();
    const outcomes = await Promise.allSettled(
      Array.from({ length: 20 }, (_, index) =>
        applications.update({ ...created, spec: { description: `${index}` } }),
      ),
    );
    const won = outcomes.filter((outcome) => outcome.status === "fulfilled");
    equal(won.length, 1);
    deepEqual(await applications.get(refOf(created)), won[0]?.value);
  });

  test(`${name} store - a custom resource is not updated without its version, a core kind is`, async () => {
    const { applications, application, configMaps, configMap } = subjects();
    const created = await application();
    const { resourceVersion: _version, ...metadata } = created.metadata;
    const failure = await failureOf(
      applications.update({ ...created, metadata: metadata as never }),
      "STORE_INVALID",
    );
    deepEqual(failure.causes, [
      {
        reason: "FieldValueInvalid",
        message: "Invalid value: 0: must be specified for an update",
        field: "metadata.resourceVersion",
      },
    ]);
    const map = await configMap({ a: "1" });
    const { resourceVersion: _other, ...rest } = map.metadata;
    const updated = await configMaps.update({ ...map, metadata: rest as never, data: { a: "2" } });
    deepEqual(updated.data, { a: "2" });
  });

  test(`${name} store - a version that is no number is a bad request`, async () => {
    const { applications, application } = subjects();
    const created = await application();
    const metadata = { ...created.metadata, resourceVersion: "new" };
    await failureOf(applications.update({ ...created, metadata }), "STORE_BAD_VERSION");
  });

  test(`${name} store - an object that is not there is not made by an update`, async () => {
    const { applications, application, unique } = subjects();
    const created = await application();
    const metadata = { ...created.metadata, name: unique("app") };
    const failure = await failureOf(applications.update({ ...created, metadata }), "STORE_NOT_FOUND");
    equal(failure.message, `applications.applicationconnector.kyma-project.io "${metadata.name}" not found`);
  });

  test(`${name} store - an update meant for another object of that name is a conflict`, async () => {
    const { configMaps, configMap } = subjects();
    const { metadata, ...rest } = await configMap();
    const { resourceVersion: _version, ...kept } = metadata;
    const other = { ...rest, metadata: { ...kept, uid: "zz" } as never };
    await failureOf(configMaps.update(other), "STORE_CONFLICT");
  });

  test(`${name} store - what the server owns is not changed by an update`, async () => {
    const { applications, application } = subjects();
    const created = await application();
    const metadata = { ...created.metadata, generation: 70, creationTimestamp: "2001-01-01T00:00:00.000Z" };
    deepEqual(await applications.update({ ...created, metadata }), created);
  });

  test(`${name} store - an invalid update is refused and changes nothing`, async () => {
    const { applications, application } = subjects();
    const created = await application({ description: "d" });
    const failure = await failureOf(
      applications.update({ ...created, spec: { accessLabel: "-x", encodeUrl: 1 } as never }),
      "STORE_INVALID",
    );
    deepEqual(failure.causes.map(({ field }) => field).toSorted(), ["spec.accessLabel", "spec.encodeUrl"]);
    deepEqual(await applications.get(refOf(created)), created);
  });

  test(`${name} store - a status without subresource is written with the object and counts`, async () => {
    const { applications, application } = subjects();
    const created = await application();
    const status = { installationStatus: { status: "DEPLOYED" } };
    const updated = await applications.update({ ...created, status });
    deepEqual(updated.status, status);
    equal(updated.metadata.generation, 2);
    const failure = await failureOf(applications.updateStatus(updated), "STORE_NO_SUBRESOURCE");
    equal(
      failure.message,
      'applications.applicationconnector.kyma-project.io do not have the subresource "status"',
    );
  });

  test(`${name} store - a status subresource is written alone and does not count`, async () => {
    const { widgets, namespace, unique } = subjects();
    const metadata = { name: unique("w"), namespace: await namespace() };
    const created = await widgets.create({ metadata, spec: { size: "s" }, status: { state: "ignored" } });
    equal("status" in created, false);
    const updated = await widgets.update({ ...created, spec: { size: "m" }, status: { state: "ignored" } });
    equal("status" in updated, false);
    equal(updated.metadata.generation, 2);
    const changed = { ...updated.metadata, labels: { not: "taken" } };
    const ready = { ...updated, metadata: changed, spec: { size: "not taken" }, status: { state: "ready" } };
    const withStatus = await widgets.updateStatus(ready);
    deepEqual(withStatus.status, { state: "ready" });
    deepEqual([withStatus.spec, withStatus.metadata.labels], [updated.spec, undefined]);
    equal(withStatus.metadata.generation, 2);
    notEqual(withStatus.metadata.resourceVersion, updated.metadata.resourceVersion);
    await failureOf(widgets.updateStatus(ready), "STORE_CONFLICT");
    const again = await widgets.update({ ...withStatus, spec: { size: "l" }, status: { state: "ignored" } });
    deepEqual(again.status, { state: "ready" });
  });

  test(`${name} store - a dry run of an update shows the new generation under the old version`, async () => {
    const { applications, application } = subjects();
    const created = await application({ description: "one" });
    const shown = await applications.update({ ...created, spec: { description: "two" } }, { dryRun: true });
    equal(shown.spec?.description, "two");
    equal(shown.metadata.generation, 2);
    equal(shown.metadata.resourceVersion, created.metadata.resourceVersion);
    deepEqual(await applications.get(refOf(created)), created);
  });

  test(`${name} store - an object may be large, but not too large`, async () => {
    const { widgets, widget } = subjects();
    const created = await widget();
    const large = await widgets.update({ ...created, spec: { size: "x".repeat(1_000_000) } });
    const failure = await failureOf(
      widgets.update({ ...large, spec: { size: "x".repeat(1_600_000) } }),
      "STORE_TOO_LARGE",
    );
    equal(failure.status, 413);
    deepEqual(await widgets.get(refOf(created)), large);
  });

  test(`${name} store - an Application may be larger than other objects, for it has all its services`, async () => {
    const { applications, application } = subjects();
    const created = await application({ description: "x".repeat(3_000_000) });
    deepEqual(await applications.get(refOf(created)), created);
  });

  test(`${name} store - a secret never changes its type, and an immutable one not its data`, async () => {
    const { secrets, namespace, unique } = subjects();
    const metadata = { name: unique("s"), namespace: await namespace() };
    const created = await secrets.create({ metadata, immutable: true, stringData: { a: "hunter2" } });
    const failure = await failureOf(
      secrets.update({ ...created, type: "other", data: { a: "" } }),
      "STORE_INVALID",
    );
    deepEqual(failure.causes.map(({ field }) => field).toSorted(), ["data", "type"]);
    equal(failure.message.includes("hunter2"), false);
    equal(failure.message.includes(Buffer.from("hunter2").toString("base64")), false);
  });
}

function withoutSpec<T extends { readonly spec?: unknown }>({ spec: _spec, ...rest }: T): Omit<T, "spec"> {
  return rest;
}
