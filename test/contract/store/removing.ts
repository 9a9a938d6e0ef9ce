import { test } from "node:test";
import { deepEqual, equal, match, notEqual } from "node:assert/strict";
import { failureOf, refOf, WatchReader, type Subjects } from "./subject.ts";

export function removingContract(name: string, subjects: Subjects): void {
  test(`${name} store - an object without finalizers goes at once`, async () => {
    const { applications, application } = subjects();
    const created = await application();
    const removed = await applications.remove(refOf(created));
    deepEqual([removed.gone, removed.last.metadata.uid], [true, created.metadata.uid]);
    equal(await applications.get(refOf(created)), undefined);
    await failureOf(applications.remove(refOf(created)), "STORE_NOT_FOUND");
  });

  test(`${name} store - the name of a removed object is free, for an object of its own`, async () => {
    const { applications, application } = subjects();
    const created = await application();
    await applications.remove(refOf(created));
    const again = await applications.create({ metadata: refOf(created), spec: {} });
    notEqual(again.metadata.uid, created.metadata.uid);
    equal(again.metadata.generation, 1);
  });

  test(`${name} store - finalizers hold an object, which then says that it is being deleted`, async () => {
    const { widgets, widget } = subjects();
    const created = await widget({ finalizers: ["x.io/hold"] });
    const { last, gone } = await widgets.remove(refOf(created));
    equal(gone, false);
    match(last.metadata.deletionTimestamp ?? "", /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    equal(last.metadata.deletionGracePeriodSeconds, 0);
    equal(last.metadata.generation, 2);
    deepEqual(await widgets.get(refOf(created)), last);
    deepEqual(await widgets.remove(refOf(created)), { last, gone: false });
  });

  test(`${name} store - an object that is being deleted may change, but not live on`, async () => {
    const { widgets, widget } = subjects();
    const created = await widget({ finalizers: ["x.io/hold"] });
    const ref = refOf(created);
    await widgets.remove(ref);
    const value = { metadata: { deletionTimestamp: null, labels: { seen: "yes" } }, spec: { size: "l" } };
    const patched = await widgets.patch(ref, { type: "merge", value });
    deepEqual([patched.metadata.labels, patched.spec?.size], [{ seen: "yes" }, "l"]);
    equal(typeof patched.metadata.deletionTimestamp, "string");
    const added = { metadata: { finalizers: ["x.io/hold", "x.io/new"] } };
    const failure = await failureOf(widgets.patch(ref, { type: "merge", value: added }), "STORE_INVALID");
    equal(failure.causes[0]?.field, "metadata.finalizers");
    await failureOf(widgets.create({ metadata: created.metadata, spec: {} }), "STORE_ALREADY_EXISTS");
  });

  test(`${name} store - the write that takes the last finalizer lets the object go`, async () => {
    const { widgets, widget } = subjects();
    const created = await widget({ finalizers: ["x.io/one", "x.io/two"] });
    const ref = refOf(created);
    const { last } = await widgets.remove(ref);
    const namespace = created.metadata.namespace ?? "";
    await using watch = new WatchReader(widgets, { namespace }, last.metadata);
    const left = await widgets.patch(ref, {
      type: "merge",
      value: { metadata: { finalizers: ["x.io/two"] } },
    });
    notEqual(await widgets.get(ref), undefined);
    const answered = await widgets.patch(ref, { type: "merge", value: { metadata: { finalizers: null } } });
    equal(answered.metadata.resourceVersion, left.metadata.resourceVersion);
    equal(await widgets.get(ref), undefined);
    deepEqual(await watch.shown(2), [
      `modified ${created.metadata.name}`,
      `deleted ${created.metadata.name}`,
    ]);
  });

  test(`${name} store - taking finalizers from an object that is not being deleted keeps it`, async () => {
    const { widgets, widget } = subjects();
    const created = await widget({ finalizers: ["x.io/hold"] });
    const { finalizers: _gone, ...metadata } = created.metadata;
    const updated = await widgets.update({ ...created, metadata });
    deepEqual(await widgets.get(refOf(created)), updated);
  });

  test(`${name} store - preconditions on uid and version are kept`, async () => {
    const { applications, application } = subjects();
    const created = await application();
    const ref = refOf(created);
    const { uid, resourceVersion } = created.metadata;
    const wrongUid = await failureOf(
      applications.remove(ref, { precondition: { uid: "zz" } }),
      "STORE_CONFLICT",
    );
    equal(
      wrongUid.message,
      `Operation cannot be fulfilled on Application.applicationconnector.kyma-project.io "${ref.name}": the UID in the precondition (zz) does not match the UID in record (${uid}). The object might have been deleted and then recreated`,
    );
    const wrongVersion = await failureOf(
      applications.remove(ref, { precondition: { uid, resourceVersion: "1" } }),
      "STORE_CONFLICT",
    );
    equal(
      wrongVersion.message,
      `Operation cannot be fulfilled on Application.applicationconnector.kyma-project.io "${ref.name}": the ResourceVersion in the precondition (1) does not match the ResourceVersion in record (${resourceVersion}). The object might have been modified`,
    );
    deepEqual(await applications.get(ref), created);
    equal((await applications.remove(ref, { precondition: { uid, resourceVersion } })).gone, true);
  });

  test(`${name} store - a dry run of a removal removes nothing`, async () => {
    const { applications, application, widgets, widget } = subjects();
    const created = await application();
    const { gone } = await applications.remove(refOf(created), { dryRun: true });
    equal(gone, true);
    deepEqual(await applications.get(refOf(created)), created);
    const held = await widget({ finalizers: ["x.io/hold"] });
    const shown = await widgets.remove(refOf(held), { dryRun: true });
    deepEqual(
      [shown.gone, typeof shown.last.metadata.deletionTimestamp, shown.last.metadata.resourceVersion],
      [false, "string", held.metadata.resourceVersion],
    );
    deepEqual(await widgets.get(refOf(held)), held);
  });
}
