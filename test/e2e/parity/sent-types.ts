import type { ComparedRequest } from "./compared-request.ts";
import { APPLICATIONS, CONFIG_MAPS, SECRETS, SHOP, application, secret } from "./places.ts";

const types = [
  "application/json",
  "application/json; charset=utf-8",
  "application/yaml",
  "text/plain",
  "application/xml",
  "application/merge-patch+json",
  "application/x-www-form-urlencoded",
  "nonsense",
];

const json = { "content-type": "application/json" };
const DRY = "?dryRun=All";
const merge = { "content-type": "application/merge-patch+json" };
const strategic = { "content-type": "application/strategic-merge-patch+json" };

const creates = types.flatMap((type): ComparedRequest[] => {
  const headers = { "content-type": type };
  return [
    { path: `${APPLICATIONS}${DRY}`, headers, body: application("typed") },
    { path: `${SECRETS}${DRY}`, headers, body: secret("typed") },
  ];
});

const patches = [
  "application/json",
  "application/yaml",
  "text/plain",
  "application/cbor",
  "nonsense",
].flatMap((type): ComparedRequest[] => {
  const headers = { "content-type": type };
  return [
    { method: "PATCH", path: `${SHOP}${DRY}`, headers, body: {} },
    { method: "PATCH", path: `${SECRETS}/s${DRY}`, headers, body: {} },
  ];
});

const noObjects = ["", "{", "[]", "7", "null", '"text"', "{}", "not json"];

const nullIsNone = {
  answer: { status: 400, reason: "BadRequest", message: "", about: "  ", causes: [] },
  why: "null is no object",
};

const saidOnce = {
  answer: {
    message:
      'Application.applicationconnector.kyma-project.io "shop" is invalid: metadata.uid: Invalid value: "zz": field is immutable',
    causes: ['FieldValueInvalid metadata.uid: Invalid value: "zz": field is immutable'],
  },
  why: "one thing is wrong",
};

/** Bodies of all types, and bodies that are none (admin-api spec §§6, 8). */
export const sentTypes: readonly ComparedRequest[] = [
  ...creates,
  ...patches,
  { method: "PATCH", path: SHOP, headers: strategic, body: {} },
  {
    method: "PATCH",
    path: `${SECRETS}/s${DRY}`,
    headers: strategic,
    body: { metadata: { labels: { a: "b" } } },
  },
  { method: "PATCH", path: `${CONFIG_MAPS}/c${DRY}`, headers: merge, body: { data: { k: null } } },
  ...noObjects.map((body) => ({ path: APPLICATIONS, method: "POST", headers: json, body })),
  ...noObjects.map((body) => ({
    path: SECRETS,
    method: "POST",
    headers: json,
    body,
    ...(body === "null" ? { ours: nullIsNone } : {}),
  })),
  ...noObjects.map((body) => ({ path: SHOP, method: "PUT", headers: json, body })),
  { path: APPLICATIONS, body: secret("wrong-kind") },
  { path: APPLICATIONS, body: { ...application("x"), apiVersion: "v1" } },
  { path: APPLICATIONS, body: { ...application("x"), kind: "Nope" } },
  { path: SECRETS, body: application("wrong-kind") },
  { path: SECRETS, body: { ...secret("x"), kind: "ConfigMap" } },
  { path: SECRETS, body: secret("x", { metadata: { name: "x", namespace: "other" } }) },
  { path: "/api/v1/namespaces/nowhere/secrets", body: secret("x") },
  { path: APPLICATIONS, body: application("shop") },
  { path: APPLICATIONS, body: application("Not A Name") },
  { path: APPLICATIONS, body: { ...application("x"), metadata: {} } },
  {
    path: APPLICATIONS,
    body: application("x", { spec: { services: [{ id: 1, entries: [{ type: "X" }] }] } }),
  },
  { path: APPLICATIONS, body: application("x", { spec: { accessLabel: "-x", tags: {}, labels: { a: 1 } } }) },
  { path: SECRETS, body: secret("x", { data: { a: "%%%" } }) },
  { path: SECRETS, body: secret("x", { data: { "a b": "aGk=" } }) },
  { path: SECRETS, body: secret("x", { type: "kubernetes.io/tls" }) },
  { path: SECRETS, body: secret("x", { metadata: { name: "x", labels: { "a b": "c d" } } }) },
  { method: "PUT", path: SHOP, body: application("other") },
  {
    method: "PUT",
    path: SHOP,
    body: application("shop"),
    ours: {
      answer: {
        message:
          'Application.applicationconnector.kyma-project.io "shop" is invalid: metadata.resourceVersion: Invalid value: 0: must be specified for an update',
        about: "applicationconnector.kyma-project.io Application shop",
      },
      why: "a cluster names the resource here, and the kind everywhere else",
    },
  },
  {
    method: "PUT",
    path: `${APPLICATIONS}/nope`,
    body: application("nope", { metadata: { name: "nope", resourceVersion: "1" } }),
  },
  {
    method: "PUT",
    path: SHOP,
    body: application("shop", { metadata: { name: "shop", resourceVersion: "1" } }),
  },
  { method: "PUT", path: SHOP, body: application("shop", { metadata: { resourceVersion: "1" } }) },
  { method: "PATCH", path: SHOP, headers: merge, body: { metadata: { name: "other" } } },
  {
    method: "PATCH",
    path: SHOP,
    headers: merge,
    body: { kind: "Other" },
    ours: {
      answer: {
        message:
          'Application.applicationconnector.kyma-project.io "shop" is invalid: kind: Invalid value: "Other": must be Application',
        about: "applicationconnector.kyma-project.io Application shop",
      },
      why: "what is there is an Application",
    },
  },
  { method: "PATCH", path: SHOP, headers: merge, body: { metadata: { resourceVersion: "1" } } },
  { method: "PATCH", path: SHOP, headers: merge, body: { metadata: { uid: "zz" } }, ours: saidOnce },
  { method: "PATCH", path: SHOP, headers: merge, body: { spec: { encodeUrl: "yes" } } },
  { method: "PATCH", path: SHOP, headers: merge, body: "{" },
  { method: "PATCH", path: `${APPLICATIONS}/nope`, headers: merge, body: {} },
];
