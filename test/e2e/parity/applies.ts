import type { ComparedRequest } from "./compared-request.ts";
import { APPLICATIONS, CONFIG_MAPS, SECRETS, SHOP, SUBSCRIPTIONS, application, secret } from "./places.ts";

const headers = { "content-type": "application/apply-patch+yaml" };
const shop = (rest: object) => application("shop", rest);

interface Row {
  readonly path?: string;
  readonly query?: string;
  readonly body: object | string;
  readonly ours?: NonNullable<ComparedRequest["ours"]>;
}

const callersMistake = {
  answer: { status: 400, reason: "BadRequest", message: "" },
  why: "the caller erred, not the server",
};

const callersMistake422 = {
  answer: {
    status: 422,
    reason: "Invalid",
    message: 'Secret "s" is invalid: patch: Invalid value: illegal base64 data at input byte 0',
    about: " Secret s",
    causes: ["FieldValueInvalid patch: Invalid value: illegal base64 data at input byte 0"],
  },
  why: "the caller erred, not the server",
};

const yaml = (rest: string) =>
  `apiVersion: applicationconnector.kyma-project.io/v1alpha1\nkind: Application\nmetadata: {name: shop}\n${rest}\n`;

const rows: readonly Row[] = [
  { body: shop({ spec: { displayName: "new" } }) },
  { body: shop({ spec: { description: "two" } }) },
  { body: shop({ spec: { description: "two", encodeUrl: false } }) },
  { query: "fieldManager=m&force=true", body: shop({ spec: { description: "two" } }) },
  { query: "fieldManager=m&force=false", body: shop({ spec: { description: "two" } }) },
  { query: "fieldManager=m&force=maybe", body: shop({ spec: { displayName: "new" } }) },
  { query: "", body: shop({ spec: {} }) },
  { query: "fieldManager=", body: shop({ spec: {} }) },
  { query: `fieldManager=${"m".repeat(129)}`, body: shop({ spec: {} }) },
  { query: "fieldManager=m&dryRun=Some", body: shop({ spec: {} }) },
  { query: "fieldManager=m&fieldValidation=Nope", body: shop({ spec: {} }) },
  ...["Strict", "Warn", "Ignore", ""].flatMap((validation): Row[] => {
    const query = `fieldManager=m&fieldValidation=${validation}`;
    return [
      { query, body: shop({ spec: { bogus: 1 } }), ours: callersMistake },
      { query, body: yaml("spec: {displayName: a, displayName: b}") },
      {
        query,
        body: '{"apiVersion":"applicationconnector.kyma-project.io/v1alpha1","kind":"Application","metadata":{"name":"shop"},"spec":{"displayName":"a","displayName":"b"}}',
      },
    ];
  }),
  { body: shop({ spec: { description: 5 } }), ours: callersMistake },
  { body: shop({ spec: { encodeUrl: "yes" } }), ours: callersMistake },
  { body: shop({ spec: { tags: {} } }), ours: callersMistake },
  { body: shop({ spec: null }) },
  { body: shop({ spec: { compassMetadata: null } }) },
  { body: shop({ spec: { accessLabel: "-x" } }) },
  { body: shop({ metadata: { name: "shop", managedFields: [{}] } }) },
  { body: shop({ metadata: { name: "shop", managedFields: [{ manager: "m" }] } }) },
  { body: shop({ metadata: { name: "shop", managedFields: [] } }) },
  { body: shop({ metadata: { name: "shop", resourceVersion: "1" } }) },
  { body: shop({ metadata: { name: "shop", resourceVersion: "abc" } }), ours: callersMistake },
  {
    body: shop({ metadata: { name: "shop", uid: "other" } }),
    ours: {
      answer: {
        message:
          'Application.applicationconnector.kyma-project.io "shop" is invalid: metadata.uid: Invalid value: "other": field is immutable',
        causes: ['FieldValueInvalid metadata.uid: Invalid value: "other": field is immutable'],
      },
      why: "one thing is wrong",
    },
  },
  { body: shop({ metadata: { name: "shop", finalizers: ["plain"] } }) },
  { body: shop({ metadata: { name: "shop", finalizers: ["a.io/x", "a.io/x"] } }), ours: callersMistake },
  {
    body: shop({
      metadata: { name: "shop", ownerReferences: [{ apiVersion: "v1", kind: "Secret", name: "s" }] },
    }),
    ours: {
      answer: {
        message:
          'Application.applicationconnector.kyma-project.io "shop" is invalid: metadata.ownerReferences.uid: Invalid value: "": must not be empty',
        causes: ['FieldValueInvalid metadata.ownerReferences.uid: Invalid value: "": must not be empty'],
      },
      why: "one thing is wrong",
    },
  },
  { body: application("other") },
  { body: { ...shop({}), metadata: {} } },
  { path: `${APPLICATIONS}/made`, body: { ...shop({}), metadata: {} } },
  { path: `${APPLICATIONS}/made`, body: application("made") },
  { path: `${APPLICATIONS}/made`, body: application("other") },
  {
    path: `${APPLICATIONS}/made`,
    body: application("made", { metadata: { name: "made", resourceVersion: "1" } }),
    ours: { answer: { status: 400, reason: "BadRequest", about: "  " }, why: "what is made has no version" },
  },
  { path: `${APPLICATIONS}/made`, body: application("made", { metadata: { name: "made", uid: "u" } }) },
  { path: `${APPLICATIONS}/Not-A-Name`, body: application("Not-A-Name") },
  { body: { metadata: { name: "shop" } } },
  { body: { ...shop({}), kind: "Other" } },
  { body: { ...shop({}), apiVersion: "v1" } },
  { body: secret("shop") },
  ...["", "[]", "7", "null", "a: [", "{", "\t"].map((body): Row => ({ body })),
  { path: `${SECRETS}/s`, body: secret("s", { data: { password: "bmV3" } }) },
  { path: `${SECRETS}/s`, body: secret("s", { stringData: { password: "new" } }) },
  {
    path: `${SECRETS}/s`,
    body: secret("s", { data: { more: "!" } }),
    ours: callersMistake422,
  },
  { path: `${SECRETS}/s`, body: secret("s", { type: "other" }) },
  { path: `${SECRETS}/s`, body: secret("s", { metadata: { name: "s", namespace: "other" } }) },
  { path: "/api/v1/namespaces/nowhere/secrets/x", body: secret("x") },
  {
    path: `${CONFIG_MAPS}/c`,
    body: { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "c" }, data: { k: 5 } },
    ours: callersMistake,
  },
  {
    path: `${SHOP}/status`,
    body: shop({ status: {} }),
    ours: {
      answer: {
        message: 'applications.applicationconnector.kyma-project.io do not have the subresource "status"',
        about: "  ",
      },
      why: "the object is there, its status is not",
    },
  },
  { path: `${SUBSCRIPTIONS}/sub/status`, body: subscription({ status: { ready: true, types: [] } }) },
  { path: `${SUBSCRIPTIONS}/sub/status`, body: subscription({ spec: { sink: "other" } }) },
  { path: `${SUBSCRIPTIONS}/sub/status`, body: subscription({ status: { ready: true } }) },
  {
    path: `${SUBSCRIPTIONS}/nope/status`,
    body: { ...subscription({ status: {} }), metadata: { name: "nope" } },
  },
];

function subscription(rest: object) {
  return {
    apiVersion: "eventing.kyma-project.io/v1alpha2",
    kind: "Subscription",
    metadata: { name: "sub" },
    ...rest,
  };
}

/** Server-side applies, good and bad (admin-api spec §9). Nothing of them is kept. */
export const applies: readonly ComparedRequest[] = rows.map(
  ({ path = SHOP, query = "fieldManager=m", body, ours }): ComparedRequest => ({
    method: "PATCH",
    path: `${path}?${query}${query.includes("dryRun") ? "" : "&dryRun=All"}`,
    headers,
    body,
    ...(ours ? { ours } : {}),
  }),
);
