import assert from "node:assert/strict";
import { test } from "node:test";
import { admit } from "../../../../src/core/resources/admission.ts";
import { applicationKind, type Application } from "../../../../src/core/resources/application.ts";
import { admissionWarnings } from "../../../../src/core/resources/warnings.ts";
import { api, application, service } from "../../../doubles/applications.ts";

function annotated(annotations: Readonly<Record<string, string>>): Application {
  const written = application("shop", [service("Orders API", [api("https://erp.example.com")])]);
  const metadata = {
    ...written.metadata,
    uid: "u",
    resourceVersion: "1",
    creationTimestamp: "2026-01-01T00:00:00Z",
    annotations,
  };
  return {
    apiVersion: "applicationconnector.kyma-project.io/v1alpha1",
    kind: "Application",
    ...written,
    metadata,
  };
}

test("api settings - a value that is none is refused when it is written, with what it must be", () => {
  const { causes } = admit(
    applicationKind,
    annotated({ "orders-api.appconn.dev/timeout": "soon" }),
    undefined,
  );
  assert.deepEqual(causes, [
    {
      reason: "FieldValueInvalid",
      message: 'Invalid value: "soon": must be a duration from 1ms to 24h like "30s"',
      field: "metadata.annotations[orders-api.appconn.dev/timeout]",
    },
  ]);
});

test("api settings - what another writer left there is no reason to refuse this one", () => {
  const before = annotated({ "appconn.dev/timeout": "soon" });
  const after = annotated({ "appconn.dev/timeout": "soon", "example.com/note": "n" });
  assert.deepEqual(admit(applicationKind, after, before).causes, []);
  const changed = annotated({ "appconn.dev/timeout": "later" });
  assert.equal(admit(applicationKind, changed, before).causes.length, 1);
});

test("api settings - who writes a setting without effect is warned", () => {
  const value = annotated({
    "appconn.dev/time-out": "1s",
    "prices.appconn.dev/timeout": "1s",
    "orders-api.appconn.dev/timeout": "1s",
    "rest-v1.orders-api.appconn.dev/timeout": "1s",
  });
  assert.deepEqual(admit(applicationKind, value, undefined).causes, []);
  assert.deepEqual(admissionWarnings(applicationKind, value), [
    'metadata.annotations: "appconn.dev/time-out": there is no such setting',
    "metadata.annotations: prices.appconn.dev: there is no such API",
  ]);
});
