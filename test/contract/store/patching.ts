import { test } from "node:test";
import { deepEqual, equal } from "node:assert/strict";
import type { StoreFailureCode } from "../../../src/stores/failures.ts";
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
