import type { ComparedRequest } from "./compared-request.ts";
import { APPLICATIONS, SECRETS, SHOP, application } from "./places.ts";

const FUTURE = "99999999999";
const merge = { "content-type": "application/merge-patch+json" };
const table = { accept: "application/json;as=Table;v=v1;g=meta.k8s.io" };

const lists = [
  "limit=abc",
  "limit=1.5",
  "limit=-1",
  "limit=1",
  "continue=garbage",
  "continue=garbage&resourceVersion=1",
  "resourceVersion=abc",
  "resourceVersion=-1",
  "resourceVersion=0",
  "resourceVersion=1",
  `resourceVersion=${FUTURE}`,
  `resourceVersion=${FUTURE}&resourceVersionMatch=NotOlderThan`,
  "resourceVersionMatch=Exact",
  "resourceVersionMatch=NotOlderThan",
  "resourceVersion=1&resourceVersionMatch=Nope",
  "resourceVersion=0&resourceVersionMatch=Exact",
  "resourceVersion=0&resourceVersionMatch=NotOlderThan",
  "sendInitialEvents=true",
  "labelSelector=a%20in%20(",
  "labelSelector=%3Db",
  "labelSelector=a%3D%3D%3Db",
  "labelSelector=a%20in%20()",
  "labelSelector=a%3Eb",
  "labelSelector=!a",
  "labelSelector=a%3Db,",
  "fieldSelector=spec.description%3Dtwo",
  "fieldSelector=bad",
  "fieldSelector=metadata.name%3Dshop",
  "fieldSelector=metadata.name!%3Dshop",
  "fieldSelector=metadata.name%3D%3Dnope",
  "timeoutSeconds=abc",
  "unknown=parameter",
  "pretty=true",
  "timeout=32s",
];

const watches = [
  "resourceVersion=abc",
  "resourceVersionMatch=NotOlderThan",
  "sendInitialEvents=true",
  "sendInitialEvents=true&resourceVersionMatch=Exact",
  "sendInitialEvents=true&resourceVersionMatch=Nope",
  "sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true",
  "sendInitialEvents=false&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true",
  "resourceVersion=0",
  "labelSelector=a%20in%20(",
  "fieldSelector=bad",
  "fieldSelector=metadata.name%3Dshop",
];

const UNPRINTABLE = "fieldManager=a%01b";

const writes = [
  "dryRun=",
  "dryRun=Some",
  "dryRun=All&dryRun=Some",
  "fieldValidation=Nope",
  `fieldManager=${"m".repeat(129)}`,
  UNPRINTABLE,
];

const unreadable = {
  answer: { status: 400, reason: "BadRequest", message: "" },
  why: "the caller erred, not the server",
};

const aboutResource = {
  answer: { about: "applicationconnector.kyma-project.io applications shop" },
  why: "a conflict is about a resource, as with every other conflict",
};

const lastBookmark = {
  answer: { reason: "BOOKMARK Application " },
  why: "a watch that asks for bookmarks ends with one, however short it is",
};

const unprintable = (options: string) => {
  const problem = "fieldManager: Invalid value: should only contain printable characters";
  return {
    answer: {
      message: `${options}.meta.k8s.io "" is invalid: ${problem}`,
      causes: [`FieldValueInvalid ${problem}`],
    },
    why: "what cannot be printed is not repeated",
  };
};

/** Parameters of every kind, most of them bad (admin-api spec §§8.3, 8.5, 10, 11). */
export const parameters: readonly ComparedRequest[] = [
  ...lists.map((query) => ({ path: `${APPLICATIONS}?${query}` })),
  ...lists.map((query) => ({ path: `${SECRETS}?${query}` })),
  ...watches.map((query) => ({
    path: `${APPLICATIONS}?watch=true&timeoutSeconds=1&${query}`,
    ...(query === "resourceVersion=abc" ? { ours: unreadable } : {}),
    ...(query.startsWith("sendInitialEvents=false") ? { ours: lastBookmark } : {}),
  })),
  ...writes.map((query) => ({
    path: `${APPLICATIONS}?${query}`,
    body: application("written"),
    ...(query === UNPRINTABLE ? { ours: unprintable("CreateOptions") } : {}),
  })),
  ...[...writes, "force=true"].map((query) => ({
    method: "PATCH",
    path: `${SHOP}?${query}`,
    headers: merge,
    body: { spec: { description: "changed" } },
    ...(query === UNPRINTABLE ? { ours: unprintable("PatchOptions") } : {}),
  })),
  { path: `${APPLICATIONS}?includeObject=Nope`, headers: table },
  { path: `${APPLICATIONS}?includeObject=None`, headers: table },
  { path: `${APPLICATIONS}?includeObject=Object`, headers: table },
  { path: `${SHOP}?resourceVersion=abc`, ours: unreadable },
  { path: `${SHOP}?resourceVersion=0` },
  { path: `${APPLICATIONS}/nope` },
  { path: `${SECRETS}/nope` },
  { path: "/api/v1/namespaces/nowhere/secrets" },
  { path: "/api/v1/namespaces/nowhere" },
  { path: `${APPLICATIONS}/` },
  { method: "DELETE", path: `${APPLICATIONS}/nope` },
  { method: "DELETE", path: `${SHOP}?propagationPolicy=Nope` },
  { method: "DELETE", path: `${SHOP}?dryRun=Some` },
  { method: "DELETE", path: SHOP, body: { preconditions: { uid: "zz" } }, ours: aboutResource },
  { method: "DELETE", path: SHOP, body: { preconditions: { resourceVersion: "1" } }, ours: aboutResource },
  { method: "DELETE", path: SHOP, body: { propagationPolicy: "Nope" } },
  { method: "DELETE", path: `${SHOP}?dryRun=All` },
  { method: "DELETE", path: "/api/v1/namespaces/kube-system" },
  {
    path: SHOP,
    body: application("shop"),
    ours: {
      answer: {
        status: 405,
        reason: "MethodNotAllowed",
        message: "the server does not allow this method on the requested resource",
        about: "  ",
      },
      why: "an object is created in its collection",
    },
  },
  { method: "DELETE", path: "/api/v1/secrets" },
  { method: "PUT", path: APPLICATIONS, body: application("x") },
  { method: "PATCH", path: APPLICATIONS, headers: merge, body: {} },
  { method: "POST", path: "/api/v1/secrets", body: {} },
  { method: "HEAD", path: SHOP },
  { method: "HEAD", path: APPLICATIONS },
  {
    method: "OPTIONS",
    path: APPLICATIONS,
    ours: {
      answer: { message: "the server does not allow this method on the requested resource", about: "  " },
      why: "the sentence of a cluster has lost its beginning",
    },
  },
];
