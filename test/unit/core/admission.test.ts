import { test } from "node:test";
import { deepEqual, equal } from "node:assert/strict";
import { admit, decode } from "../../../src/core/resources/admission.ts";
import { applicationKind } from "../../../src/core/resources/application.ts";
import { configMapKind } from "../../../src/core/resources/config-map.ts";
import type { Kind } from "../../../src/core/resources/kind.ts";
import { namespaceKind } from "../../../src/core/resources/namespace.ts";
import type { Resource } from "../../../src/core/resources/resource.ts";
import { secretKind } from "../../../src/core/resources/secret.ts";
import { admissionWarnings } from "../../../src/core/resources/warnings.ts";

// The expected texts were read off a kube-apiserver 1.36 with the same definitions.

function decoded<T extends Resource>(kind: Kind<T>, sent: unknown): T {
  const result = decode(kind, sent);
  if (result.kind === "unreadable") throw new Error(result.problem);
  return result.value;
}

/** `field: message` of everything that is wrong. */
function problems<T extends Resource>(kind: Kind<T>, sent: unknown, previous?: T): string[] {
  return admit(kind, decoded(kind, sent), previous).causes.map(
    ({ field, message }) => `${field}: ${message}`,
  );
}

function problemOf(kind: Kind<never>, sent: unknown): string {
  const result = decode(kind as unknown as Kind, sent);
  return result.kind === "unreadable" ? result.problem : "";
}

const application = (spec: unknown) => ({ metadata: { name: "x" }, spec });

test("admission - a wrong type is named with the type that was meant", () => {
  deepEqual(problems(applicationKind, application({ description: 5 })), [
    'spec.description: Invalid value: "integer": spec.description in body must be of type string: "integer"',
  ]);
  deepEqual(problems(applicationKind, application("text")), [
    'spec: Invalid value: "string": spec in body must be of type object: "string"',
  ]);
  deepEqual(problems(applicationKind, application(1.5)), [
    'spec: Invalid value: "number": spec in body must be of type object: "number"',
  ]);
});

test("admission - everything that is wrong comes in one answer", () => {
  const spec = {
    description: true,
    tags: "a",
    skipVerify: "yes",
    labels: [1],
    accessLabel: "-x",
    encodeUrl: {},
  };
  deepEqual(problems(applicationKind, application(spec)).toSorted(), [
    "spec.accessLabel: Invalid value: \"-x\": spec.accessLabel in body should match '^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$'",
    'spec.description: Invalid value: "boolean": spec.description in body must be of type string: "boolean"',
    'spec.encodeUrl: Invalid value: "object": spec.encodeUrl in body must be of type boolean: "object"',
    'spec.labels: Invalid value: "array": spec.labels in body must be of type object: "array"',
    'spec.skipVerify: Invalid value: "string": spec.skipVerify in body must be of type boolean: "string"',
    'spec.tags: Invalid value: "string": spec.tags in body must be of type array: "string"',
  ]);
});

test("admission - lists, enums and required fields are named by their place", () => {
  deepEqual(
    problems(
      applicationKind,
      application({ services: [{ entries: [{ type: "NO" }, { type: 5 }, {}], name: "n" }] }),
    ),
    [
      'spec.services[0].entries[0].type: Unsupported value: "NO": supported values: "API", "Events"',
      'spec.services[0].entries[1].type: Invalid value: "integer": spec.services[0].entries[1].type in body must be of type string: "integer"',
      'spec.services[0].entries[1].type: Unsupported value: 5: supported values: "API", "Events"',
      "spec.services[0].entries[2].type: Required value",
      "spec.services[0].id: Required value",
      "spec.services[0].displayName: Required value",
      "spec.services[0].providerDisplayName: Required value",
      "spec.services[0].description: Required value",
    ],
  );
});

test("admission - lengths and formats have the API server's words", () => {
  deepEqual(problems(applicationKind, application({ accessLabel: "a".repeat(64) })), [
    "spec.accessLabel: Too long: may not be more than 63 bytes",
  ]);
  const condition = { type: "a", status: "True", reason: "r", message: "m", lastTransitionTime: "yesterday" };
  deepEqual(problems(applicationKind, { metadata: { name: "x" }, status: { conditions: [condition] } }), [
    'status.conditions[0].lastTransitionTime: Invalid value: "yesterday": status.conditions[0].lastTransitionTime in body must be of type date-time: "yesterday"',
  ]);
});

test("admission - null counts as absent where the schema does not allow it, and defaults follow", () => {
  deepEqual(
    decoded(applicationKind, application({ encodeUrl: null, description: null, services: null })).spec,
    {
      encodeUrl: true,
      services: null,
    },
  );
});

test("admission - a null in a map of a custom resource is no entry, and in a list a wrong type", () => {
  const labels = { a: null, b: "1" };
  deepEqual(decoded(applicationKind, application({ labels })).spec?.labels, { b: "1" });
  deepEqual(problems(applicationKind, application({ labels, tags: [null] })), [
    'spec.tags[0]: Invalid value: "null": spec.tags[0] in body must be of type string: "null"',
  ]);
});

test("admission - a null that was applied to a custom resource is a wrong type, unless there is a default", () => {
  const sent = application({ encodeUrl: null, tags: null, description: null, labels: { a: null } });
  const read = decode(applicationKind, sent, "applied");
  if (read.kind === "unreadable") throw new Error(read.problem);
  equal(read.value.spec?.encodeUrl, true);
  deepEqual(
    admit(applicationKind, read.value, undefined).causes.map(({ field }) => field),
    ["spec.description", "spec.labels.a"],
  );
});

test("admission - a null in a map of a core kind or of metadata is an empty text", () => {
  deepEqual(decoded(configMapKind, { metadata: { labels: { a: null } }, data: { k: null } }), {
    metadata: { labels: { a: "" } },
    data: { k: "" },
  });
  deepEqual(decoded(applicationKind, { metadata: { annotations: { a: null } } }).metadata, {
    annotations: { a: "" },
  });
});

test("admission - wrong types in metadata and core kinds are refused as unreadable, without their values", () => {
  const cases: [Kind<never>, unknown, string][] = [
    [
      applicationKind as never,
      { metadata: { labels: { a: 1 } } },
      "json: cannot unmarshal number into Go struct field ObjectMeta.labels of type string",
    ],
    [
      applicationKind as never,
      { metadata: { labels: [] } },
      "json: cannot unmarshal array into Go struct field ObjectMeta.labels of type map[string]string",
    ],
    [
      applicationKind as never,
      { metadata: { finalizers: "a" } },
      "json: cannot unmarshal string into Go struct field ObjectMeta.finalizers of type []string",
    ],
    [
      applicationKind as never,
      { metadata: { generation: "a" } },
      "json: cannot unmarshal string into Go struct field ObjectMeta.generation of type int64",
    ],
    [
      configMapKind as never,
      { metadata: { labels: { a: 5 } } },
      "json: cannot unmarshal number into Go struct field ObjectMeta.metadata.labels of type string",
    ],
    [
      configMapKind as never,
      { data: { a: 5 } },
      "json: cannot unmarshal number into Go struct field ConfigMap.data of type string",
    ],
    [
      configMapKind as never,
      { data: [] },
      "json: cannot unmarshal array into Go struct field ConfigMap.data of type map[string]string",
    ],
    [configMapKind as never, { binaryData: { k: "x" } }, "illegal base64 data at input byte 0"],
    [secretKind as never, { data: { a: "!!!" } }, "illegal base64 data at input byte 0"],
    [secretKind as never, { data: { a: "YWJjYQ" } }, "illegal base64 data at input byte 4"],
    [
      secretKind as never,
      { data: { a: 5 } },
      "json: cannot unmarshal number into Go struct field Secret.data of type []uint8",
    ],
    [
      secretKind as never,
      { data: "x" },
      "json: cannot unmarshal string into Go struct field Secret.data of type map[string][]uint8",
    ],
    [
      secretKind as never,
      { stringData: { a: 5 } },
      "json: cannot unmarshal number into Go struct field Secret.stringData of type string",
    ],
    [
      secretKind as never,
      { immutable: "x" },
      "json: cannot unmarshal string into Go struct field Secret.immutable of type bool",
    ],
    [
      namespaceKind as never,
      { spec: { finalizers: 1 } },
      "json: cannot unmarshal number into Go struct field NamespaceSpec.spec.finalizers of type []string",
    ],
    [
      secretKind as never,
      { type: {} },
      "json: cannot unmarshal object into Go struct field Secret.type of type v1.SecretType",
    ],
    [
      configMapKind as never,
      { metadata: { ownerReferences: ["x"] } },
      "json: cannot unmarshal string into Go struct field ObjectMeta.metadata.ownerReferences of type v1.OwnerReference",
    ],
    [
      configMapKind as never,
      { metadata: { managedFields: "x" } },
      "json: cannot unmarshal string into Go struct field ObjectMeta.metadata.managedFields of type []v1.ManagedFieldsEntry",
    ],
    [
      applicationKind as never,
      { metadata: { managedFields: [{}, 5] } },
      "json: cannot unmarshal number into Go struct field ObjectMeta.managedFields of type v1.ManagedFieldsEntry",
    ],
    [
      applicationKind as never,
      { metadata: { managedFields: [{ operation: true }] } },
      "json: cannot unmarshal bool into Go struct field ManagedFieldsEntry.managedFields.operation of type v1.ManagedFieldsOperationType",
    ],
    [
      applicationKind as never,
      { metadata: { managedFields: [{ time: "yesterday" }] } },
      "the time of an entry of metadata.managedFields is no time",
    ],
    [secretKind as never, "text", "json: cannot unmarshal string into Go value of type object"],
    [applicationKind as never, [], "json: cannot unmarshal array into Go value of type object"],
  ];
  for (const [kind, sent, problem] of cases) equal(problemOf(kind, sent), problem);
  equal(
    problemOf(applicationKind as never, { metadata: { ownerReferences: [{ uid: 5 }] } }),
    "json: cannot unmarshal number into Go struct field OwnerReference.ownerReferences.uid of type string",
  );
});

const SUBDOMAIN =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
const NAME_PART =
  "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";

test("admission - names are RFC 1123 subdomains, and those of namespaces labels", () => {
  deepEqual(problems(applicationKind, { metadata: {} }), [
    "metadata.name: Required value: name or generateName is required",
  ]);
  deepEqual(problems(applicationKind, { metadata: { name: "X_" } }), [
    `metadata.name: Invalid value: "X_": ${SUBDOMAIN}`,
  ]);
  deepEqual(problems(applicationKind, { metadata: { name: "a".repeat(254) } }), [
    `metadata.name: Invalid value: "${"a".repeat(254)}": must be no more than 253 characters`,
  ]);
  deepEqual(problems(applicationKind, { metadata: { name: "a.b-c" } }), []);
  deepEqual(problems(namespaceKind, { metadata: { name: "a.b" } }), [
    'metadata.name: Invalid value: "a.b": must not contain dots',
  ]);
});

test("admission - labels and annotations have keys and values of the right form", () => {
  const labels = {
    "-a": "b",
    "a/b/c": "1",
    "/x": "",
    "a/": "",
    "A b/c": "",
    ok: "b c",
    "example.com/ok": "Ok_1.2",
  };
  deepEqual(
    problems(applicationKind, { metadata: { name: "x", labels, annotations: { "A b": "any text" } } }),
    [
      `metadata.labels: Invalid value: "-a": ${NAME_PART}`,
      "metadata.labels: Invalid value: \"a/b/c\": a valid label key must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]') with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')",
      'metadata.labels: Invalid value: "/x": prefix part must be non-empty',
      'metadata.labels: Invalid value: "a/": name part must be non-empty',
      `metadata.labels: Invalid value: "a/": ${NAME_PART}`,
      `metadata.labels: Invalid value: "A b/c": prefix part ${SUBDOMAIN}`,
      "metadata.labels: Invalid value: \"b c\": a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')",
      `metadata.annotations: Invalid value: "A b": ${NAME_PART}`,
    ],
  );
  const annotations = { a: "x".repeat(262_144) };
  deepEqual(problems(configMapKind, { metadata: { name: "x", annotations } }), [
    "metadata.annotations: Too long: may not be more than 262144 bytes",
  ]);
  deepEqual(
    problems(configMapKind, { metadata: { name: "x", labels: { ["k".repeat(64)]: "v".repeat(64) } } }),
    [
      `metadata.labels: Invalid value: "${"k".repeat(64)}": name part must be no more than 63 bytes`,
      `metadata.labels: Invalid value: "${"v".repeat(64)}": must be no more than 63 bytes`,
    ],
  );
});

test("admission - finalizers of core kinds are qualified, of custom resources a warning says so", () => {
  const metadata = { name: "x", finalizers: ["plain", "orphan", "a.io/b"] };
  deepEqual(problems(configMapKind, { metadata }), [
    'metadata.finalizers[0]: Invalid value: "plain": name is neither a standard finalizer name nor is it fully qualified',
  ]);
  deepEqual(problems(applicationKind, { metadata }), []);
  deepEqual(admissionWarnings(applicationKind, decoded(applicationKind, { metadata })), [
    'metadata.finalizers: "plain": prefer a domain-qualified finalizer name including a path (/) to avoid accidental conflicts with other finalizer writers',
  ]);
  deepEqual(admissionWarnings(configMapKind, decoded(configMapKind, { metadata })), []);
  deepEqual(
    problems(configMapKind, { metadata: { name: "x", finalizers: ["orphan", "foregroundDeletion"] } }),
    [
      'metadata.finalizers: Invalid value: ["orphan","foregroundDeletion"]: finalizer orphan and foregroundDeletion cannot be both set',
    ],
  );
});

test("admission - no finalizer is added while the object is being deleted", () => {
  const previous = decoded(applicationKind, {
    metadata: { name: "x", finalizers: ["a/b"], deletionTimestamp: "2026-01-01T00:00:00Z" },
  });
  deepEqual(problems(applicationKind, { metadata: { name: "x", finalizers: ["a/b", "k/new"] } }, previous), [
    'metadata.finalizers: Forbidden: no new finalizers can be added if the object is being deleted, found new finalizers []string{"k/new"}',
  ]);
  deepEqual(problems(applicationKind, { metadata: { name: "x", finalizers: ["a/b"] } }, previous), []);
});

test("admission - owner references are complete, and one at most controls", () => {
  deepEqual(problems(configMapKind, { metadata: { name: "x", ownerReferences: [{}] } }), [
    'metadata.ownerReferences.apiVersion: Invalid value: "": version must not be empty',
    'metadata.ownerReferences.kind: Invalid value: "": must not be empty',
    'metadata.ownerReferences.name: Invalid value: "": must not be empty',
    'metadata.ownerReferences.uid: Invalid value: "": must not be empty',
  ]);
  const owner = (kind: string, apiVersion: string) => ({
    apiVersion,
    kind,
    name: "n",
    uid: kind,
    controller: true,
  });
  const ownerReferences = [owner("A", "v1"), owner("B", "g.io/v1")];
  deepEqual(problems(configMapKind, { metadata: { name: "x", ownerReferences } }), [
    `metadata.ownerReferences: Invalid value: ${JSON.stringify(ownerReferences)}: Only one reference can have Controller set to true. Found "true" in references for A/n and B/n`,
  ]);
});
