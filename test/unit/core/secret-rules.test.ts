import { test } from "node:test";
import { deepEqual, equal } from "node:assert/strict";
import { admit, decode } from "../../../src/core/resources/admission.ts";
import { configMapKind, type ConfigMap } from "../../../src/core/resources/config-map.ts";
import type { Kind } from "../../../src/core/resources/kind.ts";
import type { Resource } from "../../../src/core/resources/resource.ts";
import { secretKind, type Secret } from "../../../src/core/resources/secret.ts";
import { admissionWarnings } from "../../../src/core/resources/warnings.ts";

function admitted<T extends Resource>(kind: Kind<T>, sent: object, previous?: T) {
  const result = decode(kind, { metadata: { name: "x" }, ...sent });
  if (result.kind === "unreadable") throw new Error(result.problem);
  const { value, causes } = admit(kind, result.value, previous);
  return { value, problems: causes.map(({ field, message }) => `${field}: ${message}`) };
}

const stored = (sent: object): Secret => admitted(secretKind, sent).value;
const problems = (sent: object, previous?: Secret) => admitted(secretKind, sent, previous).problems;
const base64 = (text: string) => Buffer.from(text).toString("base64");

const KEY_RULE =
  "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')";

test("secret - stringData wins over data and is not kept", () => {
  const value = stored({ data: { a: "YQ==", b: "Yg==" }, stringData: { b: "new", c: "ü" } });
  deepEqual(value.data, { a: "YQ==", b: base64("new"), c: base64("ü") });
  equal("stringData" in value, false);
});

test("secret - absent and empty types are Opaque, absent and empty data the same", () => {
  deepEqual(stored({}), { metadata: { name: "x" }, type: "Opaque" });
  deepEqual(stored({ type: "", data: {} }), { metadata: { name: "x" }, type: "Opaque" });
});

test("secret - line breaks in base64 are accepted and not kept", () => {
  deepEqual(stored({ data: { a: "YWJj\nYQ==\n" } }).data, { a: "YWJjYQ==" });
});

test("secret - a key __proto__ is data", () => {
  const sent = JSON.parse('{"data":{"__proto__":"YQ=="},"stringData":{"constructor":"b"}}') as object;
  equal(JSON.stringify(stored(sent).data), '{"__proto__":"YQ==","constructor":"Yg=="}');
});

test("secret - keys have the form of file names", () => {
  deepEqual(problems({ data: { "a b": "", ".": "", "..": "", "..x": "", ".x": "", "": "" } }), [
    `data[a b]: Invalid value: "a b": ${KEY_RULE}`,
    "data[.]: Invalid value: \".\": must not be '.'",
    "data[..]: Invalid value: \"..\": must not be '..'",
    "data[..x]: Invalid value: \"..x\": must not start with '..'",
    `data[]: Invalid value: "": ${KEY_RULE}`,
  ]);
});

test("secret - the values together have at most 1 MiB", () => {
  const half = "x".repeat(524_288);
  deepEqual(problems({ stringData: { a: half, b: half } }), []);
  deepEqual(problems({ stringData: { a: half, b: `${half}x` } }), [
    "data: Too long: may not be more than 1048576 bytes",
  ]);
});

test("secret - each type has the keys it needs", () => {
  deepEqual(problems({ type: "kubernetes.io/tls" }), [
    "data[tls.crt]: Required value",
    "data[tls.key]: Required value",
  ]);
  deepEqual(problems({ type: "kubernetes.io/tls", data: { "tls.crt": "", "tls.key": "" } }), []);
  deepEqual(problems({ type: "kubernetes.io/basic-auth" }), [
    "data[username]: Required value",
    "data[password]: Required value",
  ]);
  deepEqual(problems({ type: "kubernetes.io/basic-auth", data: { password: "" } }), []);
  deepEqual(problems({ type: "kubernetes.io/ssh-auth", data: { "ssh-privatekey": "" } }), [
    "data[ssh-privatekey]: Required value",
  ]);
  deepEqual(problems({ type: "kubernetes.io/dockerconfigjson" }), [
    "data[.dockerconfigjson]: Required value",
  ]);
  deepEqual(problems({ type: "helm.sh/release.v1", data: { release: "" } }), []);
});

test("secret - a docker configuration that is no JSON is refused without a word of it", () => {
  const [problem = ""] = problems({
    type: "kubernetes.io/dockerconfigjson",
    stringData: { ".dockerconfigjson": '{"auths": hunter2' },
  });
  equal(problem, 'data[.dockerconfigjson]: Invalid value: "<secret contents redacted>": not valid JSON');
});

test("secret - a type never changes, and absent means Opaque", () => {
  const previous = stored({ type: "a/b" });
  deepEqual(problems({ type: "x" }, previous), ['type: Invalid value: "x": field is immutable']);
  deepEqual(problems({}, previous), ['type: Invalid value: "Opaque": field is immutable']);
  deepEqual(problems({ type: "a/b", data: { k: "" } }, previous), []);
});

test("secret - an immutable one refuses new data and being mutable again, but not new labels", () => {
  const previous = stored({ immutable: true, data: { a: "YQ==" } });
  const frozen = "Forbidden: field is immutable when `immutable` is set";
  deepEqual(problems({ data: { a: "Yg==" } }, previous), [`immutable: ${frozen}`, `data: ${frozen}`]);
  deepEqual(problems({ immutable: true }, previous), [`data: ${frozen}`]);
  deepEqual(problems({ immutable: true, data: { a: "YQ==", b: "" } }, previous), [`data: ${frozen}`]);
  const labelled = { metadata: { name: "x", labels: { a: "b" } }, immutable: true, data: { a: "YQ==" } };
  deepEqual(problems(labelled, previous), []);
});

test("secret - a certificate without PEM is kept with a warning", () => {
  const pem = "-----BEGIN CERTIFICATE-----\n";
  const warnings = (crt: string, key: string) =>
    admissionWarnings(
      secretKind,
      stored({ type: "kubernetes.io/tls", stringData: { "tls.crt": crt, "tls.key": key } }),
    );
  deepEqual(warnings("nonsense", ""), [
    "tls: failed to find any PEM data in certificate input",
    "tls: failed to find any PEM data in key input",
  ]);
  deepEqual(warnings(pem, "-----BEGIN PRIVATE KEY-----\n"), []);
});

const mapProblems = (sent: object, previous?: ConfigMap) => admitted(configMapKind, sent, previous).problems;

test("config map - a key stands in data or in binaryData, not in both", () => {
  deepEqual(mapProblems({ data: { "a b": "", k: "" }, binaryData: { k: "", "l/": "" } }), [
    `data[a b]: Invalid value: "a b": ${KEY_RULE}`,
    'data[k]: Invalid value: "k": duplicate of key present in binaryData',
    `binaryData[l/]: Invalid value: "l/": ${KEY_RULE}`,
  ]);
});

test("config map - texts and bytes together have at most 1 MiB", () => {
  const half = "x".repeat(524_288);
  deepEqual(mapProblems({ data: { a: half }, binaryData: { b: base64(half) } }), []);
  deepEqual(mapProblems({ data: { a: `${half}x` }, binaryData: { b: base64(half) } }), [
    "[]: Too long: may not be more than 1048576 bytes",
  ]);
});

test("config map - an immutable one refuses new data and new bytes", () => {
  const previous = admitted(configMapKind, { immutable: true, data: { a: "1" } }).value;
  const frozen = "Forbidden: field is immutable when `immutable` is set";
  deepEqual(mapProblems({ immutable: true, data: { a: "2" }, binaryData: { b: "" } }, previous), [
    `data: ${frozen}`,
    `binaryData: ${frozen}`,
  ]);
});
