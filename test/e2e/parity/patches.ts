import type { ComparedRequest } from "./compared-request.ts";
import { APPLICATIONS, CONFIG_MAPS, SECRETS, SHOP, SUBSCRIPTIONS, application, secret } from "./places.ts";

const json = { "content-type": "application/json-patch+json" };
const merge = { "content-type": "application/merge-patch+json" };

const failed = (operation: string) => {
  const problem = `operation 1${operation}`;
  return {
    answer: {
      message: `the server rejected our request due to an error in our request: ${problem}`,
      about: "applicationconnector.kyma-project.io Application shop",
      causes: [`FieldValueInvalid patch: ${problem}`],
    },
    why: "it says which operation, and why; with causes kubectl does not print the patch",
  };
};
const missing = (operation: string) => failed(` (${operation}): the path does not exist`);

/** What a patch makes cannot be read, or has what it may not have: the object is named, and not shown. */
const unfit = (object: string, problem: string, prefix = "Invalid value: ") => {
  const [kind = "", name = ""] = object.split(" ");
  const [first = "", group = ""] = kind.split(/\.(.*)/s);
  return {
    answer: {
      message: `${kind} "${name}" is invalid: patch: ${prefix}${problem}`,
      about: `${group} ${first} ${name}`,
      causes: [`FieldValueInvalid patch: ${prefix}${problem}`],
    },
    why: "the object is named, and not shown",
  };
};
const GO = "json: cannot unmarshal";
const SHOP_OBJECT = "Application.applicationconnector.kyma-project.io shop";

const saidOnce = (object: string, field: string, problem: string) => {
  const [kind = "", name = ""] = object.split(" ");
  return {
    answer: {
      message: `${kind} "${name}" is invalid: ${field}: ${problem}`,
      causes: [`FieldValueInvalid ${field}: ${problem}`],
    },
    why: "one thing is wrong",
  };
};

const noStatus = {
  answer: {
    message: 'applications.applicationconnector.kyma-project.io do not have the subresource "status"',
    about: "  ",
  },
  why: "the object is there, its status is not",
};

interface Row {
  readonly operations: string;
  readonly ours?: NonNullable<ComparedRequest["ours"]>;
}

const rows: readonly Row[] = [
  { operations: '{"op":"add","path":"/spec/labels","value":{"a":"b"}}' },
  { operations: '{"op":"replace","path":"/spec/displayName","value":"not there before"}' },
  { operations: '{"op":"test","path":"/spec/displayName","value":null}' },
  { operations: '{"op":"test","path":"/spec/description","value":"one"}' },
  {
    operations: '{"op":"test","path":"/spec/description","value":"two"}',
    ours: failed(" (test /spec/description): the value is another one"),
  },
  { operations: '{"op":"remove","path":"/spec/displayName"}', ours: missing("remove /spec/displayName") },
  { operations: '{"op":"add","path":"/spec/no/where","value":1}', ours: missing("add /spec/no/where") },
  { operations: '{"op":"add","path":"/spec/tags/-","value":"x"}', ours: missing("add /spec/tags/-") },
  {
    operations: '{"op":"move","from":"/spec","path":"/spec/labels"}',
    ours: failed(" (move /spec/labels): a value cannot be moved into itself"),
  },
  { operations: '{"op":"nope","path":"/spec"}', ours: failed(": there is no such operation") },
  { operations: '{"op":"add","value":1}', ours: failed(': "path" is no JSON pointer') },
  {
    operations: '{"op":"add","path":"/spec/labels/x~2y","value":"1"}',
    ours: failed(': "path" is no JSON pointer'),
  },
  {
    operations: '{"op":"remove","path":""}',
    ours: failed(' (remove ""): the whole object cannot be removed'),
  },
  { operations: '{"op":"add","path":5,"value":1}' },
  { operations: "5" },
  {
    operations:
      '{"op":"add","path":"/spec/labels","value":{"~/":"1"}},{"op":"remove","path":"/spec/labels/~0~1"}',
  },
  {
    operations:
      '{"op":"add","path":"/spec/labels","value":{}},{"op":"add","path":"/spec/labels/__proto__","value":"x"}',
  },
  { operations: '{"op":"add","path":"/__proto__","value":{"polluted":"yes"}}' },
  { operations: '{"op":"add","path":"/spec/__proto__","value":{"polluted":"yes"}}' },
  { operations: '{"op":"replace","path":"/spec/encodeUrl","value":"yes"}' },
  { operations: '{"op":"replace","path":"/spec","value":7}' },
  {
    operations: '{"op":"add","path":"/metadata/labels","value":{"a":1}}',
    ours: unfit(SHOP_OBJECT, `${GO} number into Go struct field ObjectMeta.labels of type string`),
  },
  { operations: '{"op":"replace","path":"/metadata/name","value":"other"}' },
  { operations: '{"op":"remove","path":"/metadata/name"}' },
  {
    operations: '{"op":"test","path":"/metadata/resourceVersion","value":"1"}',
    ours: failed(" (test /metadata/resourceVersion): the value is another one"),
  },
  { operations: '{"op":"replace","path":"/metadata/resourceVersion","value":"1"}' },
  {
    operations: '{"op":"replace","path":"/metadata/uid","value":"other"}',
    ours: saidOnce(SHOP_OBJECT, "metadata.uid", 'Invalid value: "other": field is immutable'),
  },
  { operations: '{"op":"add","path":"/metadata/managedFields","value":[{}]}' },
  {
    operations: '{"op":"add","path":"/metadata/managedFields","value":[{"manager":5}]}',
    ours: unfit(
      SHOP_OBJECT,
      `${GO} number into Go struct field ManagedFieldsEntry.managedFields.manager of type string`,
    ),
  },
  {
    operations: '{"op":"add","path":"/metadata/managedFields","value":"text"}',
    ours: unfit(
      SHOP_OBJECT,
      `${GO} string into Go struct field ObjectMeta.managedFields of type []v1.ManagedFieldsEntry`,
    ),
  },
];

const many = (count: number) =>
  JSON.stringify(Array.from({ length: count }, () => ({ op: "test", path: "/kind", value: "Application" })));

/** Doubles the object with every operation. */
const bomb = JSON.stringify([
  { op: "add", path: "/spec/labels", value: { x: "x".repeat(1000) } },
  ...Array.from({ length: 30 }, (_, index) => ({ op: "copy", from: "/spec", path: `/spec/labels/${index}` })),
]);

interface Other {
  readonly path: string;
  readonly method?: "PUT";
  /** @default that of JSON patches */
  readonly headers?: NonNullable<ComparedRequest["headers"]>;
  readonly body: object | string;
  readonly ours?: NonNullable<ComparedRequest["ours"]>;
}

const STATUS = `${SUBSCRIPTIONS}/sub/status`;

const others: readonly Other[] = [
  ...["{}", "7", "", "[", '"text"'].map((body) => ({ path: SHOP, body })),
  {
    path: SHOP,
    body: "null",
    ours: {
      answer: { status: 400, reason: "BadRequest", about: "  " },
      why: "null is no list of operations",
    },
  },
  { path: SHOP, body: many(10_000) },
  { path: SHOP, body: many(10_001) },
  {
    path: SHOP,
    body: bomb,
    ours: {
      answer: {
        status: 413,
        reason: "RequestEntityTooLarge",
        message: "Request entity too large: a JSON patch may copy 3145728 bytes, this one copies more",
      },
      why: "it says what is too large",
    },
  },
  { path: `${APPLICATIONS}/nope`, body: "[]" },
  {
    path: `${SECRETS}/s`,
    body: '[{"op":"add","path":"/data/x","value":"!"}]',
    ours: unfit("Secret s", "illegal base64 data at input byte 0"),
  },
  { path: `${SECRETS}/s`, body: '[{"op":"replace","path":"/type","value":"other"}]' },
  { path: `${CONFIG_MAPS}/c`, body: '[{"op":"add","path":"/data/~0~1","value":"x"}]' },
  { path: `${CONFIG_MAPS}/c`, body: '[{"op":"add","path":"/data/__proto__","value":"x"}]' },
  {
    path: `${SHOP}?fieldValidation=Strict`,
    body: '[{"op":"add","path":"/spec/bogus","value":1}]',
    ours: unfit(SHOP_OBJECT, 'strict decoding error: unknown field "spec.bogus"', ""),
  },
  { path: `${SHOP}?fieldValidation=Warn`, body: '[{"op":"add","path":"/spec/bogus","value":1}]' },
  { path: `${SHOP}?fieldValidation=Ignore`, body: '[{"op":"add","path":"/spec/bogus","value":1}]' },
  {
    path: `${SHOP}?fieldValidation=Strict`,
    body: '[{"op":"add","path":"/spec/description","value":"a","value":"b"}]',
    ours: unfit(SHOP_OBJECT, 'strict decoding error: duplicate field "[0].value"', ""),
  },
  { path: `${SHOP}?force=true`, body: "[]" },
  { path: `${SHOP}/status`, headers: merge, body: {}, ours: noStatus },
  { path: `${SHOP}/status`, body: "[]", ours: noStatus },
  { path: STATUS, headers: merge, body: { metadata: { uid: "other" } } },
  { path: STATUS, headers: merge, body: { metadata: { resourceVersion: "1" } } },
  {
    path: STATUS,
    headers: merge,
    body: { status: { ready: "yes", types: [] } },
    ours: {
      answer: {
        message:
          'Subscription.eventing.kyma-project.io "sub" is invalid: status.ready: Invalid value: "string": status.ready in body must be of type boolean: "string"',
        causes: [
          'FieldValueTypeInvalid status.ready: Invalid value: "string": status.ready in body must be of type boolean: "string"',
        ],
      },
      why: "a field has one path",
    },
  },
  { path: STATUS, body: '[{"op":"add","path":"/status","value":{"ready":true,"types":[]}}]' },
  { path: `${SUBSCRIPTIONS}/sub`, headers: merge, body: { status: { ready: "yes" } } },
  {
    path: `${CONFIG_MAPS}/c`,
    headers: merge,
    body: { metadata: { managedFields: [{ manager: 5 }] } },
    ours: unfit(
      "ConfigMap c",
      `${GO} number into Go struct field ManagedFieldsEntry.metadata.managedFields.manager of type string`,
    ),
  },
  { path: `${CONFIG_MAPS}/c`, headers: merge, body: { metadata: { namespace: "other" } } },
  {
    path: `${CONFIG_MAPS}/c`,
    headers: merge,
    body: { metadata: { uid: "other" } },
    ours: saidOnce("ConfigMap c", "metadata.uid", 'Invalid value: "other": field is immutable'),
  },
  {
    path: `${CONFIG_MAPS}/c`,
    headers: merge,
    body: { metadata: { deletionTimestamp: "2026-01-01T00:00:00Z" } },
    ours: saidOnce(
      "ConfigMap c",
      "metadata.deletionTimestamp",
      'Invalid value: "2026-01-01T00:00:00Z": field is immutable',
    ),
  },
  {
    method: "PUT",
    path: `${CONFIG_MAPS}/c`,
    headers: {},
    body: { metadata: { name: "c", uid: "other" } },
    ours: {
      answer: {
        message:
          'Operation cannot be fulfilled on ConfigMap "c": the UID in the precondition (other) does not match the UID in record (UID). The object might have been deleted and then recreated',
      },
      why: "the words are those of every other precondition",
    },
  },
  { method: "PUT", path: `${SECRETS}/nope`, headers: {}, body: secret("nope", { data: { a: "!" } }) },
  {
    method: "PUT",
    path: SHOP,
    headers: {},
    body: application("shop", { metadata: { name: "shop", managedFields: [5] } }),
  },
];

/** JSON patches, and preconditions of other patches, good and bad (admin-api spec §8.3). Nothing of them is kept. */
export const patches: readonly ComparedRequest[] = [
  ...rows.map(({ operations, ours }): Other => ({
    path: SHOP,
    body: `[${operations}]`,
    ...(ours ? { ours } : {}),
  })),
  ...others,
].map(({ path, ...rest }): ComparedRequest => ({
  method: "PATCH",
  headers: json,
  path: `${path}${path.includes("?") ? "&" : "?"}dryRun=All`,
  ...rest,
}));
