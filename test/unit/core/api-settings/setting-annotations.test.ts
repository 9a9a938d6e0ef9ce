import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { qualifiedNameProblems } from "../../../../src/core/resources/name-rules.ts";
import { apiSettings } from "../../../../src/core/resources/api-settings/api-settings.ts";
import { SettingAnnotations } from "../../../../src/core/resources/api-settings/setting-annotations.ts";
import {
  labelOf,
  settingNameOf,
  writtenName,
} from "../../../../src/core/resources/api-settings/setting-name.ts";
import { normaliseName } from "../../../../src/core/names.ts";

const rest = { service: "orders-api", entry: "rest-v1" };

test("api settings - the nearest value counts: the API's own, its service's, the Application's", () => {
  const annotations = {
    "appconn.dev/timeout": "30s",
    "appconn.dev/stream-idle-timeout": "5m",
    "orders-api.appconn.dev/timeout": "20s",
    "rest-v1.orders-api.appconn.dev/timeout": "10s",
    "rest-v1.prices.appconn.dev/timeout": "1s",
  };
  const found = new SettingAnnotations(annotations);
  assert.deepEqual(found.for(rest), { timeout: 10_000, streamIdleTimeout: 300_000 });
  assert.deepEqual(found.for({ ...rest, entry: "soap" }), { timeout: 20_000, streamIdleTimeout: 300_000 });
  assert.deepEqual(found.for({ ...rest, service: "stock" }), { timeout: 30_000, streamIdleTimeout: 300_000 });
});

test("api settings - an entry without a name has what its service has", () => {
  const found = new SettingAnnotations({ "orders-api.appconn.dev/timeout": "20s" });
  assert.deepEqual(found.for({ service: "orders-api", entry: "" }), { timeout: 20_000 });
});

test("api settings - a segment that was cut behind a hyphen is written without it", () => {
  const service = normaliseName(`${"a".repeat(56)} b`);
  assert.ok(service.endsWith("-"));
  const found = new SettingAnnotations({ [`${"a".repeat(56)}.appconn.dev/timeout`]: "20s" });
  assert.deepEqual(found.for({ service, entry: "" }), { timeout: 20_000 });
});

test("api settings - a value that is none is told, unless a nearer one takes its place", () => {
  const annotations = { "appconn.dev/timeout": "soon", "rest-v1.orders-api.appconn.dev/timeout": "10s" };
  const found = new SettingAnnotations(annotations);
  assert.deepEqual(found.for(rest), { timeout: 10_000 });
  assert.deepEqual(found.for({ ...rest, entry: "soap" }), {
    annotation: "appconn.dev/timeout",
    written: "soon",
    expected: apiSettings.timeout.expected,
  });
});

test("api settings - annotations of others, and ours that are no settings, say nothing", () => {
  const found = new SettingAnnotations({
    "example.com/timeout": "1s",
    "notappconn.dev/timeout": "1s",
    timeout: "1s",
    "appconn.dev/registrations": "[]",
    "appconn.dev/skip-verify-because": "a test system",
    "appconn.dev/time-out": "1s",
  });
  assert.equal(found.isEmpty, true);
  assert.deepEqual(found.unknown, ["appconn.dev/time-out"]);
});

test("api settings - the text of a service changes with what is set for it, and with nothing else", () => {
  const text = (annotations: Record<string, string>) =>
    new SettingAnnotations(annotations).textFor("orders-api");
  const before = text({ "orders-api.appconn.dev/timeout": "20s", "appconn.dev/registrations": "[1]" });
  assert.equal(text({ "orders-api.appconn.dev/timeout": "20s", "prices.appconn.dev/timeout": "1s" }), before);
  assert.equal(text({ "prices.appconn.dev/timeout": "1s" }), "");
  for (const annotation of ["appconn.dev/timeout", "x.orders-api.appconn.dev/timeout"]) {
    assert.notEqual(text({ "orders-api.appconn.dev/timeout": "20s", [annotation]: "1s" }), before);
  }
});

test("api settings - for each name of a service and an entry there is an annotation that Kubernetes accepts", () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (displayName, name) => {
      const [service, entry] = [normaliseName(displayName), normaliseName(name)];
      fc.pre(labelOf(service) !== "");
      const scope = labelOf(entry) === "" ? labelOf(service) : `${labelOf(entry)}.${labelOf(service)}`;
      const annotation = `${scope}.appconn.dev/timeout`;
      assert.deepEqual(qualifiedNameProblems(annotation), []);
      assert.deepEqual(settingNameOf(annotation), { setting: "timeout", scope });
      assert.deepEqual(new SettingAnnotations({ [annotation]: "1s" }).for({ service, entry }), {
        timeout: 1000,
      });
    }),
  );
});

test("api settings - each has an example that it reads, and reads nothing as no value", () => {
  for (const [name, setting] of Object.entries(apiSettings)) {
    assert.notEqual(setting.parse(setting.example), undefined, name);
    assert.equal(setting.parse(""), undefined, name);
    assert.equal(setting.parse("?"), undefined, name);
    assert.equal(settingNameOf(`appconn.dev/${writtenName(name)}`)?.setting, name);
  }
});

test("api settings - whatever stands in an annotation, it is a value or none, and no exception", () => {
  const written = fc.oneof(
    fc.string(),
    fc.string({ unit: "binary" }),
    fc.constantFrom("1e9d", "0", "-1s", "9".repeat(400)),
  );
  fc.assert(
    fc.property(written, (text) => {
      for (const { parse } of Object.values(apiSettings)) parse(text);
    }),
  );
});
