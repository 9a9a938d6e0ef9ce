import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import protobuf from "protobufjs/minimal.js";
import { decodeJson } from "../../../src/admin/body/decode-json.ts";
import { decodeProtobuf } from "../../../src/admin/body/decode-protobuf.ts";
import { decodeYaml } from "../../../src/admin/body/decode-yaml.ts";
import { UnreadableBody } from "../../../src/admin/body/decoded-body.ts";
import { jsonDepth } from "../../../src/admin/body/json-depth.ts";
import { readBody } from "../../../src/admin/body/read-body.ts";

const bytes = (text: string) => Buffer.from(text);

test("json body - the value is that of JSON.parse, duplicate keys are named by their path", () => {
  const { value, duplicates } = decodeJson(
    bytes('{"a":1,"b":[{"c":1,"c":2}],"a":2,"d":{"e":{"f":1,"f":[]},"e":0},"__proto__":1,"__proto__":2}'),
  );
  assert.deepEqual(Object.entries(value as object).at(-1), ["__proto__", 2]);
  assert.deepEqual(duplicates, ["b[0].c", "a", "d.e.f", "d.e", "__proto__"]);
});

test("json body - a key written with escapes is the same key", () => {
  assert.deepEqual(decodeJson(bytes(String.raw`{"ab":1,"a\u0062":2}`)).duplicates, ["ab"]);
});

test("json body - any JSON value is read as it is, without duplicates", () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 6 }), (value) => {
      const text = JSON.stringify(value);
      assert.deepEqual(decodeJson(bytes(text)), { value: JSON.parse(text), duplicates: [] });
    }),
  );
});

test("json body - any bytes are read or refused, and a refusal quotes nothing", () => {
  fc.assert(
    fc.property(fc.string(), (end) => {
      const text = `["SENTINEL",${end}`;
      try {
        JSON.parse(text);
      } catch {
        assert.throws(
          () => decodeJson(bytes(text)),
          (error: Error) => {
            assert(error instanceof UnreadableBody);
            assert.match(error.message, /^json parse error: \w+ at character \d+$|^exceeded/);
            return true;
          },
        );
      }
    }),
  );
});

test("json body - ten thousand duplicates deep inside are the first hundred", () => {
  const inner = `{${Array(10_000).fill('"x":1').join(",")}}`;
  const { duplicates } = decodeJson(bytes(`${'{"a":'.repeat(200)}${inner}${"}".repeat(200)}`));
  assert.equal(duplicates.length, 100);
});

test("json depth - is counted without regard to what stands in texts", () => {
  for (const [text, depth] of [
    ["1", 0],
    ["[]", 1],
    ['[{"a":[1]},[]]', 3],
    [String.raw`["[[[\"[[[", "\\", [1]]`, 2],
    ["]]]][", 0],
  ] as const) {
    assert.equal(jsonDepth(bytes(text)), depth, text);
  }
});

test("json depth - is that of any value", () => {
  const depthOf = (value: unknown): number =>
    typeof value === "object" && value !== null ? 1 + Math.max(0, ...Object.values(value).map(depthOf)) : 0;
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 8 }), (value) => {
      assert.equal(jsonDepth(bytes(JSON.stringify(value))), depthOf(value));
    }),
  );
});

test("yaml body - JSON is YAML, and duplicate keys are named", () => {
  assert.deepEqual(decodeYaml(bytes('{"a": [1, {"b": "x"}]}')), {
    value: { a: [1, { b: "x" }] },
    duplicates: [],
  });
  assert.deepEqual(decodeYaml(bytes("a:\n  - b: 1\n    b: 2\n")), {
    value: { a: [{ b: 2 }] },
    duplicates: ["a[0].b"],
  });
  assert.deepEqual(decodeYaml(bytes("a: &x {b: c}\nd: *x")).value, { a: { b: "c" }, d: { b: "c" } });
  assert.deepEqual(decodeYaml(bytes("date: 2026-01-01\nno: no\n")).value, { date: "2026-01-01", no: "no" });
});

test("yaml body - more than a quarter of a megabyte is too large", () => {
  const yaml = bytes(`a: ${"x".repeat(262_144)}`);
  assert.throws(() => readBody(yaml, "application/yaml", "ConfigMap"), { code: "ADMIN_TOO_LARGE" });
});

interface Written {
  readonly name: string;
  readonly labels: Record<string, string>;
  readonly finalizers: string[];
  readonly seconds: number;
  readonly data: Record<string, Uint8Array>;
  readonly type: string;
}

/** The bytes that Go writes for a Secret, by hand: every field, the empty ones too. */
function secretBytes(secret: Written): Uint8Array {
  const time = protobuf.Writer.create().uint32(8).int64(secret.seconds).uint32(16).int32(0).finish();
  const metadata = protobuf.Writer.create().uint32(10).string(secret.name).uint32(18).string("");
  metadata
    .uint32(26)
    .string("")
    .uint32(34)
    .string("")
    .uint32(42)
    .string("")
    .uint32(50)
    .string("")
    .uint32(56)
    .int64(0);
  metadata.uint32(66).bytes(time);
  for (const [key, value] of Object.entries(secret.labels)) {
    metadata
      .uint32(90)
      .bytes(protobuf.Writer.create().uint32(10).string(key).uint32(18).string(value).finish());
  }
  for (const finalizer of secret.finalizers) metadata.uint32(114).string(finalizer);
  const message = protobuf.Writer.create().uint32(10).bytes(metadata.finish());
  for (const [key, value] of Object.entries(secret.data)) {
    message
      .uint32(18)
      .bytes(protobuf.Writer.create().uint32(10).string(key).uint32(18).bytes(value).finish());
  }
  message.uint32(26).string(secret.type).uint32(40).bool(false);
  const type = protobuf.Writer.create().uint32(10).string("v1").uint32(18).string("Secret").finish();
  const unknown = protobuf.Writer.create().uint32(10).bytes(type).uint32(18).bytes(message.finish());
  unknown.uint32(26).string("").uint32(34).string("");
  return Buffer.concat([Buffer.from("k8s\0"), unknown.finish()]);
}

const name = fc.string({ unit: "grapheme", minLength: 1 });

test("protobuf body - what Go writes is read, empty fields are absent, empty map values stay", () => {
  const body = fc.record({
    name,
    labels: fc.dictionary(name, fc.string({ unit: "grapheme" })),
    finalizers: fc.array(name),
    seconds: fc.integer({ min: 1, max: 4_000_000_000 }),
    data: fc.dictionary(name, fc.uint8Array()),
    type: fc.constantFrom("", "Opaque"),
  });
  fc.assert(
    fc.property(body, (secret) => {
      const { value } = decodeProtobuf(secretBytes(secret));
      const base64 = Object.entries(secret.data).map(([key, data]) => [
        key,
        Buffer.from(data).toString("base64"),
      ]);
      const present = (key: string, map: object) => (Object.keys(map).length > 0 ? { [key]: map } : {});
      assert.deepEqual(value, {
        apiVersion: "v1",
        kind: "Secret",
        metadata: {
          name: secret.name,
          creationTimestamp: new Date(secret.seconds * 1000).toISOString(),
          ...present("finalizers", secret.finalizers),
          ...present("labels", { ...secret.labels }),
        },
        ...(secret.type === "" ? {} : { type: secret.type }),
        immutable: false,
        ...present("data", Object.fromEntries(base64)),
      });
    }),
  );
});

/** The bytes that Go writes for a Service with these target ports: of an IntOrString always both values. */
function serviceBytes(targets: readonly (number | string)[]): Uint8Array {
  const { Writer } = protobuf;
  const spec = Writer.create();
  targets.forEach((target, index) => {
    const [type, number, text] = typeof target === "number" ? [0, target, ""] : [1, 0, target];
    const targetPort = Writer.create().uint32(8).int64(type).uint32(16).int32(number).uint32(26).string(text);
    const port = Writer.create().uint32(10).string(`p${index}`).uint32(18).string("TCP");
    port.uint32(24).int32(80).uint32(34).bytes(targetPort.finish()).uint32(40).int32(0);
    spec.uint32(10).bytes(port.finish());
  });
  spec.uint32(18).bytes(Writer.create().uint32(10).string("app").uint32(18).string("orders").finish());
  spec.uint32(34).string("ClusterIP").uint32(104).bool(false);
  const metadata = Writer.create().uint32(10).string("orders");
  const message = Writer.create().uint32(10).bytes(metadata.finish()).uint32(18).bytes(spec.finish());
  const type = Writer.create().uint32(10).string("v1").uint32(18).string("Service").finish();
  const unknown = Writer.create().uint32(10).bytes(type).uint32(18).bytes(message.finish());
  return Buffer.concat([Buffer.from("k8s\0"), unknown.finish()]);
}

test("protobuf body - a Service's target ports are numbers or names", () => {
  const port = { name: "p0", protocol: "TCP", port: 80 };
  assert.deepEqual(decodeProtobuf(serviceBytes([8080, "web", 0])).value, {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: "orders" },
    spec: {
      ports: [
        { ...port, targetPort: 8080 },
        { ...port, name: "p1", targetPort: "web" },
        { ...port, name: "p2" },
      ],
      selector: { app: "orders" },
      type: "ClusterIP",
      publishNotReadyAddresses: false,
    },
  });
});

/** The bytes that Go writes for an Event in the newer form: empty times and texts of the older one are there too. */
function eventBytes(): Uint8Array {
  const { Writer } = protobuf;
  const about = Writer.create().uint32(10).string("Application").uint32(18).string("");
  about.uint32(26).string("shop").uint32(34).string("u-1").uint32(42).string("g/v1");
  const time = Writer.create().uint32(8).int64(1_767_323_045).uint32(16).int32(678_901_000).finish();
  const source = Writer.create().uint32(10).string("").uint32(18).string("");
  const message = Writer.create().uint32(10).bytes(Writer.create().uint32(10).string("e").finish());
  message.uint32(18).bytes(about.finish()).uint32(26).string("Odd").uint32(34).string("m");
  message.uint32(42).bytes(source.finish()).uint32(50).bytes(new Uint8Array()).uint32(58).bytes(time);
  message.uint32(64).int32(3).uint32(74).string("Warning").uint32(82).bytes(time);
  message.uint32(90).bytes(Writer.create().uint32(8).int32(2).uint32(18).bytes(time).finish());
  message.uint32(98).string("Calling").uint32(106).bytes(about.finish());
  message.uint32(114).string("gateway").uint32(122).string("gateway-0");
  const type = Writer.create().uint32(10).string("v1").uint32(18).string("Event").finish();
  const unknown = Writer.create().uint32(10).bytes(type).uint32(18).bytes(message.finish());
  return Buffer.concat([Buffer.from("k8s\0"), unknown.finish()]);
}

test("protobuf body - an Event's times are read to the second or to the microsecond", () => {
  const about = { kind: "Application", name: "shop", uid: "u-1", apiVersion: "g/v1" };
  assert.deepEqual(decodeProtobuf(eventBytes()).value, {
    apiVersion: "v1",
    kind: "Event",
    metadata: { name: "e" },
    involvedObject: about,
    reason: "Odd",
    message: "m",
    lastTimestamp: "2026-01-02T03:04:05.000Z",
    count: 3,
    type: "Warning",
    eventTime: "2026-01-02T03:04:05.678901Z",
    series: { count: 2, lastObservedTime: "2026-01-02T03:04:05.678901Z" },
    action: "Calling",
    related: about,
    reportingComponent: "gateway",
    reportingInstance: "gateway-0",
  });
});

test("protobuf body - any damage is read as something or refused", () => {
  const whole = secretBytes({
    name: "x",
    labels: { a: "b" },
    finalizers: ["f"],
    seconds: 1,
    data: { k: Buffer.from("v") },
    type: "Opaque",
  });
  const damage = fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(damage, (changes) => {
      const damaged = Buffer.from(whole);
      for (const [at, byte] of changes) damaged[at] = byte;
      try {
        decodeProtobuf(damaged);
      } catch (error) {
        assert(error instanceof UnreadableBody);
      }
    }),
    { numRuns: 2000 },
  );
});
