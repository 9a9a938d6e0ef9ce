import { test } from "node:test";
import { deepEqual, equal } from "node:assert/strict";
import type { StoreFailureCode } from "../../../src/stores/failures.ts";
import type { Precondition } from "../../../src/stores/store.ts";
import { failureOf, refOf, type Subjects } from "./subject.ts";

export function patchingContract(name: string, subjects: Subjects): void {
  test(`${name} store - a merge patch changes what it names and removes what it nulls`, async () => {
    const { applications, application } = subjects();
    const created = await application({ description: "d", displayName: "n", labels: { a: "1", b: "2" } });
    const value = {
      metadata: { labels: { tier: "gold" } },
      spec: { description: null, labels: { a: null, c: "3" } },
    };
    const patched = await applications.patch(refOf(created), { type: "merge", value });
    deepEqual(patched.spec, { displayName: "n", labels: { b: "2", c: "3" }, encodeUrl: true });
    deepEqual(patched.metadata.labels, { tier: "gold" });
    equal(patched.metadata.generation, 2);
    deepEqual(await applications.get(refOf(created)), patched);
  });

  test(`${name} store - patches that arrive together all take effect`, async () => {
    const { applications, application } = subjects();
    const created = await application();
    const keys = Array.from({ length: 30 }, (_, index) => `k${index}`);
    await Promise.all(
      keys.map((key) =>
        applications.patch(refOf(created), { type: "merge", value: { spec: { labels: { [key]: "v" } } } }),
      ),
    );
    const patched = await applications.get(refOf(created));
    deepEqual(Object.keys(patched?.spec?.labels ?? {}).toSorted(), keys.toSorted());
    equal(patched?.metadata.generation, 31);
  });

  test(`${name} store - a version in a patch is a precondition`, async () => {
    const { applications, application } = subjects();
    const created = await application();
    const ref = refOf(created);
    const patch = (description: string) =>
      applications.patch(ref, {
        type: "merge",
        value: {
          metadata: { resourceVersion: created.metadata.resourceVersion },
          spec: { description },
        },
      });
    equal((await patch("first")).spec?.description, "first");
    await failureOf(patch("second"), "STORE_CONFLICT");
  });

  test(`${name} store - a patch that cannot stand is refused and changes nothing`, async () => {
    const { applications, application } = subjects();
    const created = await application({ description: "d" });
    const cases: [unknown, StoreFailureCode, string?][] = [
      [{ spec: { description: 5 } }, "STORE_INVALID", "spec.description"],
      [{ metadata: { name: "other" } }, "STORE_NAME_MISMATCH"],
      [{ metadata: { uid: "zz" } }, "STORE_INVALID", "metadata.uid"],
      [
        { metadata: { deletionTimestamp: "2026-01-01T00:00:00Z" } },
        "STORE_INVALID",
        "metadata.deletionTimestamp",
      ],
      [{ metadata: { labels: { a: 1 } } }, "STORE_INVALID", "patch"],
      [{ metadata: { resourceVersion: "abc" } }, "STORE_BAD_VERSION"],
      [[], "STORE_BAD_PATCH"],
      ["text", "STORE_BAD_PATCH"],
      [null, "STORE_BAD_PATCH"],
    ];
    for (const [value, code, field] of cases) {
      const failure = await failureOf(applications.patch(refOf(created), { type: "merge", value }), code);
      deepEqual(
        failure.causes.map((cause) => cause.field),
        field === undefined ? [] : [field],
      );
    }
    deepEqual(await applications.get(refOf(created)), created);
  });

  test(`${name} store - a patch of kind or version of the type is refused`, async () => {
    const { applications, application } = subjects();
    const created = await application();
    for (const value of [{ kind: "Other" }, { apiVersion: "other/v1" }]) {
      const failure = await failureOf(
        applications.patch(refOf(created), { type: "merge", value }),
        "STORE_INVALID",
      );
      deepEqual(
        failure.causes.map(({ field }) => field),
        Object.keys(value),
      );
    }
  });

  test(`${name} store - an object that is not there is not made by a patch`, async () => {
    const { applications, unique } = subjects();
    const patch = { type: "merge", value: { spec: {} } } as const;
    await failureOf(applications.patch({ name: unique() }, patch), "STORE_NOT_FOUND");
  });

  test(`${name} store - a patch leaves the status subresource alone`, async () => {
    const { widgets, widget } = subjects();
    const created = await widget();
    const value = { status: { state: "x" }, spec: { size: "l" } };
    const patched = await widgets.patch(refOf(created), { type: "merge", value });
    equal("status" in patched, false);
    equal(patched.spec?.size, "l");
  });

  test(`${name} store - core kinds take strategic patches, custom resources refuse them`, async () => {
    const { applications, application, configMaps, configMap } = subjects();
    const map = await configMap({ a: "1", b: "2" });
    const value = {
      metadata: { finalizers: ["x.io/one"] },
      data: { $patch: "replace", c: "3" },
    };
    const patched = await configMaps.patch(refOf(map), { type: "strategic", value });
    deepEqual([patched.data, patched.metadata.finalizers], [{ c: "3" }, ["x.io/one"]]);
    const more = {
      metadata: { finalizers: ["x.io/two"], "$setElementOrder/finalizers": ["x.io/one", "x.io/two"] },
    };
    const again = await configMaps.patch(refOf(map), { type: "strategic", value: more });
    deepEqual(again.metadata.finalizers, ["x.io/one", "x.io/two"]);
    const failure = await failureOf(
      applications.patch(refOf(await application()), { type: "strategic", value: {} }),
      "STORE_PATCH_UNSUPPORTED",
    );
    equal(failure.status, 415);
  });

  test(`${name} store - stringData in a patch of a secret becomes data, and values are never quoted`, async () => {
    const { secrets, namespace, unique } = subjects();
    const metadata = { name: unique("s"), namespace: await namespace() };
    const created = await secrets.create({ metadata, stringData: { user: "u", password: "p" } });
    const value = { data: { user: null }, stringData: { more: "m" } };
    const patched = await secrets.patch(refOf(created), { type: "strategic", value });
    deepEqual(patched.data, { password: "cA==", more: "bQ==" });
    const bad = { type: "strategic", value: { data: { password: "hunter2!" } } } as const;
    const failure = await failureOf(secrets.patch(refOf(created), bad), "STORE_INVALID");
    equal(failure.causes[0]?.field, "patch");
    equal(failure.message.includes("hunter2"), false);
  });

  test(`${name} store - a JSON patch is done whole or not at all`, async () => {
    const { applications, application } = subjects();
    const created = await application({ description: "one", tags: ["a", "b"] });
    const ref = refOf(created);
    const value = [
      { op: "test", path: "/spec/description", value: "one" },
      { op: "replace", path: "/spec/description", value: "two" },
      { op: "remove", path: "/spec/tags/0" },
      { op: "add", path: "/metadata/labels", value: { tier: "gold" } },
    ];
    const patched = await applications.patch(ref, { type: "json", value });
    deepEqual(
      [patched.spec?.description, patched.spec?.tags, patched.metadata.labels, patched.metadata.generation],
      ["two", ["b"], { tier: "gold" }, 2],
    );
    const failure = await failureOf(applications.patch(ref, { type: "json", value }), "STORE_PATCH_FAILED");
    deepEqual(failure.causes, [
      {
        reason: "FieldValueInvalid",
        message: "operation 1 (test /spec/description): the value is another one",
        field: "patch",
      },
    ]);
    deepEqual(await applications.get(ref), patched);
  });

  test(`${name} store - a JSON patch keeps to what a patch may do`, async () => {
    const { applications, application, configMap, configMaps } = subjects();
    const ref = refOf(await application({ description: "d" }));
    const cases: [object | string, StoreFailureCode][] = [
      [{ op: "replace", path: "/metadata/name", value: "other" }, "STORE_NAME_MISMATCH"],
      [{ op: "replace", path: "/kind", value: "Other" }, "STORE_INVALID"],
      [{ op: "replace", path: "/spec/description", value: 5 }, "STORE_INVALID"],
      [{ op: "replace", path: "/metadata/resourceVersion", value: "1" }, "STORE_CONFLICT"],
      [{ op: "replace", path: "", value: null }, "STORE_INVALID"],
      ["text", "STORE_BAD_PATCH"],
    ];
    for (const [operation, code] of cases) {
      await failureOf(applications.patch(ref, { type: "json", value: [operation] }), code);
    }
    await failureOf(applications.patch(ref, { type: "json", value: {} }), "STORE_BAD_PATCH");
    const many = Array.from({ length: 10_001 }, () => ({ op: "test", path: "/kind", value: "Application" }));
    await failureOf(applications.patch(ref, { type: "json", value: many }), "STORE_PATCH_TOO_LARGE");
    const map = await configMap({ a: "1" });
    const moved = [{ op: "replace", path: "/metadata/namespace", value: "default" }];
    await failureOf(configMaps.patch(refOf(map), { type: "json", value: moved }), "STORE_NAMESPACE_MISMATCH");
  });

  test(`${name} store - a patch cannot take an object out of its namespace`, async () => {
    const { configMap, configMaps } = subjects();
    const created = await configMap({ a: "1" });
    const patches = [
      { type: "merge", value: { metadata: { namespace: null }, data: { b: "2" } } },
      { type: "json", value: [{ op: "remove", path: "/metadata/namespace" }] },
    ] as const;
    for (const patch of patches) {
      const patched = await configMaps.patch(refOf(created), patch);
      equal(patched.metadata.namespace, created.metadata.namespace);
    }
  });

  test(`${name} store - a patch of the status subresource changes the status alone`, async () => {
    const { widgets, widget, applications, application } = subjects();
    const created = await widget({}, { size: "s" });
    const part = { subresource: "status" } as const;
    const merge = { status: { state: "ready" }, spec: { size: "l" }, metadata: { labels: { a: "b" } } };
    const merged = await widgets.patch(refOf(created), { type: "merge", value: merge }, part);
    deepEqual(
      [merged.status, merged.spec?.size, merged.metadata.labels],
      [{ state: "ready" }, "s", undefined],
    );
    equal(merged.metadata.generation, 1);
    const value = [
      { op: "test", path: "/spec/size", value: "s" },
      { op: "replace", path: "/status/state", value: "done" },
    ];
    const patched = await widgets.patch(refOf(created), { type: "json", value }, part);
    deepEqual(patched.status, { state: "done" });
    const bad = { type: "merge", value: { status: { state: 7 } } } as const;
    await failureOf(widgets.patch(refOf(created), bad, part), "STORE_INVALID");
    const none = { type: "merge", value: {} } as const;
    const refused = applications.patch(refOf(await application()), none, part);
    await failureOf(refused, "STORE_NO_SUBRESOURCE");
  });

  test(`${name} store - a patch for another version or another object than the stored one changes nothing`, async () => {
    const { applications, application } = subjects();
    const created = await application();
    const { uid, resourceVersion } = created.metadata;
    const describe = (description: string, precondition: Precondition) =>
      applications.patch(
        refOf(created),
        { type: "merge", value: { spec: { description } } },
        { precondition },
      );
    const { metadata, spec } = await describe("first", { uid, resourceVersion });
    equal(spec?.description, "first");
    await failureOf(describe("late", { resourceVersion }), "STORE_CONFLICT");
    await failureOf(describe("strange", { uid: "another" }), "STORE_CONFLICT");
    equal((await applications.get(refOf(created)))?.metadata.resourceVersion, metadata.resourceVersion);
  });

  test(`${name} store - a dry run of a patch keeps nothing`, async () => {
    const { applications, application } = subjects();
    const created = await application();
    const patch = { type: "merge", value: { spec: { description: "shown" } } } as const;
    const shown = await applications.patch(refOf(created), patch, { dryRun: true });
    equal(shown.spec?.description, "shown");
    equal(shown.metadata.resourceVersion, created.metadata.resourceVersion);
    deepEqual(await applications.get(refOf(created)), created);
  });
}
