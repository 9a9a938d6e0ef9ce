import assert from "node:assert/strict";
import { test } from "node:test";
import { admit, decode } from "../../../src/core/resources/admission.ts";
import { pruneUnknown } from "../../../src/core/resources/prune.ts";
import { serviceKind, type Service } from "../../../src/core/resources/service.ts";

const NOW = Date.UTC(2026, 0, 1);

function admitted(spec: object | undefined) {
  const metadata = { name: "x", creationTimestamp: new Date(NOW - 60_000).toISOString() };
  const decoded = decode(serviceKind, { metadata, ...(spec && { spec }) });
  if (decoded.kind === "unreadable") throw new Error(decoded.problem);
  const { value, causes } = admit(serviceKind, decoded.value, undefined);
  return { value, problems: causes.map(({ reason, field, message }) => `${reason} ${field}: ${message}`) };
}

const problems = (spec: object | undefined) => admitted(spec).problems;
const cells = (value: Service) => serviceKind.columns.map(({ cell }) => cell(value, NOW));
const http = { name: "http", port: 80 };

test("service - what the API server fills in is filled in", () => {
  const { value, problems: none } = admitted({ ports: [http, { name: "dns", port: 53, protocol: "UDP" }] });
  assert.deepEqual(none, []);
  assert.deepEqual(value.spec, {
    type: "ClusterIP",
    sessionAffinity: "None",
    ports: [
      { name: "http", protocol: "TCP", port: 80, targetPort: 80 },
      { name: "dns", protocol: "UDP", port: 53, targetPort: 53 },
    ],
  });
});

test("service - a target port is a number or a name", () => {
  const targetsOf = (targetPort: unknown) =>
    admitted({ ports: [{ port: 80, targetPort }] }).value.spec?.ports?.map((port) => port.targetPort);
  assert.deepEqual(targetsOf(8080), [8080]);
  assert.deepEqual(targetsOf("web"), ["web"]);
  assert.deepEqual(targetsOf(null), [80]);
  assert.deepEqual(decode(serviceKind, { spec: { ports: [{ port: 80, targetPort: 1.5 }] } }), {
    kind: "unreadable",
    problem:
      "json: cannot unmarshal number into Go struct field ServiceSpec.spec.ports.targetPort of type intstr.IntOrString",
  });
  const field = "FieldValueInvalid spec.ports[0].targetPort: Invalid value";
  assert.deepEqual(problems({ ports: [{ port: 80, targetPort: 70_000 }] }), [
    `${field}: 70000: must be between 1 and 65535, inclusive`,
  ]);
  assert.deepEqual(problems({ ports: [{ port: 80, targetPort: "-A-name--too-long-" }] }), [
    `${field}: "-A-name--too-long-": must be no more than 15 characters`,
    `${field}: "-A-name--too-long-": must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)`,
    `${field}: "-A-name--too-long-": must not contain consecutive hyphens`,
    `${field}: "-A-name--too-long-": must not begin or end with a hyphen`,
  ]);
  assert.deepEqual(problems({ ports: [{ port: 80, targetPort: "8080" }] }), [
    `${field}: "8080": must contain at least one letter (a-z)`,
  ]);
});

test("service - ports are needed unless nothing is routed, and are told apart", () => {
  assert.deepEqual(problems(undefined), ["FieldValueRequired spec.ports: Required value"]);
  assert.deepEqual(problems({ ports: [] }), ["FieldValueRequired spec.ports: Required value"]);
  assert.deepEqual(problems({ clusterIP: "None" }), []);
  assert.deepEqual(problems({ type: "ExternalName", externalName: "orders.example" }), []);
  assert.deepEqual(problems({ type: "ExternalName" }), [
    "FieldValueRequired spec.externalName: Required value",
  ]);
  assert.deepEqual(problems({ ports: [{ port: 80 }, { port: 81 }] }), [
    "FieldValueRequired spec.ports[0].name: Required value",
    "FieldValueRequired spec.ports[1].name: Required value",
  ]);
  assert.deepEqual(problems({ ports: [http, http] }), [
    'FieldValueDuplicate spec.ports[1].name: Duplicate value: "http"',
    'FieldValueDuplicate spec.ports[1]: Duplicate value: {"protocol":"TCP","port":80}',
  ]);
});

test("service - selectors are labels", () => {
  const [key, value, ...others] = problems({ ports: [http], selector: { "a b": "c d" } });
  assert.match(key ?? "", /^FieldValueInvalid spec\.selector: Invalid value: "a b": name part must consist/);
  assert.match(value ?? "", /^FieldValueInvalid spec\.selector\[a b\]: Invalid value: "c d": a valid label/);
  assert.deepEqual(others, []);
});

test("service - what a cluster writes into a Service is no unknown field", () => {
  const { unknown } = pruneUnknown(serviceKind, {
    metadata: { name: "x" },
    spec: {
      allocateLoadBalancerNodePorts: true,
      clusterIP: "10.0.0.1",
      clusterIPs: ["10.0.0.1"],
      externalTrafficPolicy: "Cluster",
      internalTrafficPolicy: "Cluster",
      ipFamilies: ["IPv4"],
      ipFamilyPolicy: "SingleStack",
      ports: [{ ...http, nodePort: 30_080, protocol: "TCP", targetPort: 8080 }],
      selector: { app: "x" },
      sessionAffinity: "None",
      type: "LoadBalancer",
    },
    status: { loadBalancer: {} },
  });
  assert.deepEqual(unknown, []);
});

test("service - a table has the columns of kubectl", () => {
  assert.deepEqual(
    serviceKind.columns.map(({ name, priority }) => [name, priority]),
    [
      ["Name", 0],
      ["Type", 0],
      ["Cluster-IP", 0],
      ["External-IP", 0],
      ["Port(s)", 0],
      ["Age", 0],
      ["Selector", 1],
    ],
  );
  const access = admitted({ ports: [http], selector: { b: "2", a: "1" } }).value;
  assert.deepEqual(cells(access), ["x", "ClusterIP", "<none>", "<none>", "80/TCP", "60s", "a=1,b=2"]);
  const balanced = admitted({
    type: "LoadBalancer",
    clusterIP: "10.0.0.1",
    ports: [
      { ...http, nodePort: 30_080 },
      { name: "dns", port: 53, protocol: "UDP" },
    ],
  }).value;
  assert.deepEqual(cells(balanced).slice(1, 5), [
    "LoadBalancer",
    "10.0.0.1",
    "<pending>",
    "80:30080/TCP,53/UDP",
  ]);
  const named = admitted({ type: "ExternalName", externalName: "orders.example" }).value;
  assert.deepEqual(cells(named).slice(1, 5), ["ExternalName", "<none>", "orders.example", "<none>"]);
  const addressed = admitted({ ports: [http], externalIPs: ["192.0.2.1", "192.0.2.2"] }).value;
  assert.equal(cells(addressed)[3], "192.0.2.1,192.0.2.2");
});
