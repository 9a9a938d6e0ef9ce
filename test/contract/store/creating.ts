import { test } from "node:test";
import { deepEqual, equal, match, notEqual, ok } from "node:assert/strict";
import { failureOf, refOf, type Subjects } from "./subject.ts";

export function creatingContract(name: string, subjects: Subjects): void {
  test(`${name} store - a new object gets uid, version, creation time and generation`, async () => {
    const { applications, unique } = subjects();
    const created = await applications.create({
      metadata: { name: unique("app") },
      spec: { description: "d" },
    });
    equal(created.apiVersion, "applicationconnector.kyma-project.io/v1alpha1");
    equal(created.kind, "Application");
    const { uid, resourceVersion, creationTimestamp, generation } = created.metadata;
    match(uid, /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    match(resourceVersion, /^[1-9][0-9]*$/);
    match(creationTimestamp, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    equal(generation, 1);
    deepEqual(await applications.get(refOf(created)), created);
  });

  test(`${name} store - what the server owns is ignored in a new object`, async () => {
    const { applications, unique } = subjects();
    const metadata = {
      name: unique("app"),
      namespace: "nowhere",
      uid: "mine",
      generation: 7,
      creationTimestamp: "2001-01-01T00:00:00.000Z",
      deletionTimestamp: "2001-01-01T00:00:00Z",
      deletionGracePeriodSeconds: 5,
      managedFields: [],
    };
    const created = await applications.create({ metadata, spec: {} });
    notEqual(created.metadata.uid, "mine");
    notEqual(created.metadata.creationTimestamp.slice(0, 4), "2001");
    equal(created.metadata.generation, 1);
    for (const field of ["deletionTimestamp", "deletionGracePeriodSeconds", "namespace", "managedFields"]) {
      equal(field in created.metadata, false, field);
    }
  });

  test(`${name} store - a new object takes a status along only where its writer says so`, async () => {
    const { widgets, namespace, unique } = subjects();
    const metadata = { name: unique("w"), namespace: await namespace() };
    const status = { state: "done" };
    equal((await widgets.create({ metadata, spec: {}, status })).status, undefined);
    const other = { ...metadata, name: unique("w") };
    const created = await widgets.create({ metadata: other, spec: {}, status }, { withStatus: true });
    deepEqual([created.status, created.metadata.generation], [status, 1]);
    deepEqual(await widgets.get(refOf(created)), created);
  });

  test(`${name} store - core kinds have no generation`, async () => {
    const created = await subjects().configMap({ a: "1" });
    equal("generation" in created.metadata, false);
  });

  test(`${name} store - a name can be taken once`, async () => {
    const { applications, application } = subjects();
    const created = await application();
    const { name: taken } = created.metadata;
    const failure = await failureOf(
      applications.create({ metadata: { name: taken }, spec: {} }),
      "STORE_ALREADY_EXISTS",
    );
    equal(failure.message, `applications.applicationconnector.kyma-project.io "${taken}" already exists`);
    equal(failure.status, 409);
    deepEqual([failure.resource?.plural, failure.ref], ["applications", { name: taken }]);
    deepEqual(await applications.get({ name: taken }), created);
  });

  test(`${name} store - of many that create the same name at once, one wins`, async () => {
    const { applications, unique } = subjects();
    const taken = unique("app");
    const outcomes = await Promise.allSettled(
      Array.from({ length: 20 }, (_, index) =>
        applications.create({ metadata: { name: taken }, spec: { description: `${index}` } }),
      ),
    );
    const won = outcomes.filter((outcome) => outcome.status === "fulfilled");
    equal(won.length, 1);
    deepEqual(await applications.get({ name: taken }), won[0]?.value);
  });

  test(`${name} store - the same name may stand in two namespaces`, async () => {
    const subject = subjects();
    const [one, two] = [await subject.namespace(), await subject.namespace()];
    for (const namespace of [one, two]) {
      await subject.configMaps.create({ metadata: { name: "same", namespace }, data: { in: namespace } });
    }
    equal((await subject.configMaps.get({ name: "same", namespace: one }))?.data?.["in"], one);
    equal((await subject.configMaps.get({ name: "same", namespace: two }))?.data?.["in"], two);
  });

  test(`${name} store - generateName gives a free name with that beginning`, async () => {
    const { applications } = subjects();
    const metadata = { name: "", generateName: "gen-" };
    const [one, two] = [
      await applications.create({ metadata, spec: {} }),
      await applications.create({ metadata, spec: {} }),
    ];
    match(one.metadata.name, /^gen-[bcdfghjklmnpqrstvwxz2456789]{5}$/);
    notEqual(one.metadata.name, two.metadata.name);
  });

  test(`${name} store - an object needs a name`, async () => {
    const { applications } = subjects();
    const failure = await failureOf(
      applications.create({ metadata: { name: "" }, spec: {} }),
      "STORE_INVALID",
    );
    equal(
      failure.message,
      'Application.applicationconnector.kyma-project.io "" is invalid: metadata.name: Required value: name or generateName is required',
    );
  });

  test(`${name} store - a namespace must exist before its objects`, async () => {
    const { configMaps, unique } = subjects();
    const namespace = unique("nowhere");
    const failure = await failureOf(
      configMaps.create({ metadata: { name: "a", namespace } }),
      "STORE_NAMESPACE_MISSING",
    );
    equal(failure.message, `namespaces "${namespace}" not found`);
  });

  test(`${name} store - an invalid object is refused with everything that is wrong, and nothing is kept`, async () => {
    const { applications, unique } = subjects();
    const wanted = unique("app");
    const spec = { description: 5, services: [{}] } as never;
    const failure = await failureOf(
      applications.create({ metadata: { name: wanted }, spec }),
      "STORE_INVALID",
    );
    equal(failure.status, 422);
    deepEqual(failure.causes.map(({ field }) => field).toSorted(), [
      "spec.description",
      "spec.services[0].description",
      "spec.services[0].displayName",
      "spec.services[0].entries",
      "spec.services[0].id",
      "spec.services[0].name",
      "spec.services[0].providerDisplayName",
    ]);
    equal(await applications.get({ name: wanted }), undefined);
  });

  test(`${name} store - unknown fields are pruned and defaults filled in`, async () => {
    const { applications, unique } = subjects();
    const spec = { description: "d", bogus: 1 } as object;
    const created = await applications.create({ metadata: { name: unique("app") }, spec });
    deepEqual(created.spec, { description: "d", encodeUrl: true });
  });

  test(`${name} store - empty metadata maps and lists are left out`, async () => {
    const { applications, unique } = subjects();
    const metadata = {
      name: unique("app"),
      labels: {},
      annotations: {},
      finalizers: [],
      ownerReferences: [],
    };
    const created = await applications.create({ metadata, spec: {} });
    for (const field of ["labels", "annotations", "finalizers", "ownerReferences"]) {
      equal(field in created.metadata, false, field);
    }
  });

  test(`${name} store - keys such as __proto__ are data`, async () => {
    const subject = subjects();
    const labels = JSON.parse('{"constructor":"a","toString":"b"}') as Record<string, string>;
    const data = JSON.parse('{"__proto__":"polluted","hasOwnProperty":"x"}') as Record<string, string>;
    const namespace = await subject.namespace();
    const created = await subject.configMaps.create({ metadata: { name: "keys", namespace, labels }, data });
    equal(JSON.stringify(created.data), JSON.stringify(data));
    deepEqual(created.metadata.labels, labels);
    const read = await subject.configMaps.get({ name: "keys", namespace });
    equal(JSON.stringify(read), JSON.stringify(created));
    equal("polluted" in {}, false);
  });

  test(`${name} store - a dry run of a creation checks everything and keeps nothing`, async () => {
    const { applications, application, unique } = subjects();
    const wanted = unique("app");
    const shown = await applications.create({ metadata: { name: wanted }, spec: {} }, { dryRun: true });
    equal("resourceVersion" in shown.metadata, false);
    ok(shown.metadata.uid && shown.metadata.creationTimestamp);
    equal(await applications.get({ name: wanted }), undefined);
    const existing = await application();
    await failureOf(
      applications.create({ metadata: { name: existing.metadata.name } }, { dryRun: true }),
      "STORE_ALREADY_EXISTS",
    );
  });

  test(`${name} store - a secret is kept in base64, and a failure does not quote its values`, async () => {
    const subject = subjects();
    const namespace = await subject.namespace();
    const stringData = { password: "correct horse" };
    const created = await subject.secrets.create({ metadata: { name: "s", namespace }, stringData });
    deepEqual(created.data, { password: Buffer.from("correct horse").toString("base64") });
    equal(created.type, "Opaque");
    equal("stringData" in created, false);
    const data = { password: "hunter2!" };
    const failure = await failureOf(
      subject.secrets.create({ metadata: { name: "t", namespace }, data }),
      "STORE_UNREADABLE",
    );
    equal(
      failure.message,
      'Secret in version "v1" cannot be handled as a Secret: illegal base64 data at input byte 7',
    );
  });

  test(`${name} store - what is not there is undefined`, async () => {
    const { applications, configMaps, unique } = subjects();
    equal(await applications.get({ name: unique() }), undefined);
    equal(await configMaps.get({ name: unique(), namespace: unique() }), undefined);
  });

  test(`${name} store - an aborted caller is answered with the reason of its signal`, async () => {
    const { applications } = subjects();
    const reason = new Error("not interested any more");
    const signal = AbortSignal.abort(reason);
    const outcome: unknown = await applications
      .get({ name: "x" }, { signal })
      .catch((error: unknown) => error);
    equal(outcome, reason);
  });
}
