import protobuf from "protobufjs/minimal.js";
import type { Field, FieldType, Message } from "./message.ts";

type Reader = protobuf.Reader;

/** Length-delimited, the wire type of texts, bytes, messages and maps. */
const DELIMITED = 2;
const VARINT = 0;

/**
 * Protobuf bytes → the JSON object that they stand for. Throws where a length lies, a text is no UTF-8 or a
 * field has another wire type. Go writes `""`, 0, empty times and empty messages for what is not set: they
 * are left out, but map entries stay whatever they hold.
 */
export function readMessage(type: Message, bytes: Uint8Array): Record<string, unknown> {
  const reader = protobuf.Reader.create(bytes);
  const values = new Map<string, unknown>();
  const maps = new Map<string, Map<string, string>>();
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    const field = type.fields[tag >>> 3];
    if (!field) skip(reader, tag & 7);
    else readField(reader, tag & 7, { field, values, maps });
  }
  // Object.fromEntries defines properties, so that a key `__proto__` stays a key.
  for (const [name, entries] of maps) values.set(name, Object.fromEntries(entries));
  return Object.fromEntries(values);
}

interface Target {
  readonly field: Field;
  readonly values: Map<string, unknown>;
  readonly maps: Map<string, Map<string, string>>;
}

function readField(reader: Reader, wireType: number, { field, values, maps }: Target): void {
  const { name, type } = field;
  if (wireType !== (type === "number" || type === "flag" ? VARINT : DELIMITED)) {
    throw new TypeError(`unexpected wire type ${wireType} of ${name}`);
  }
  if (typeof type === "object" && "mapOf" in type) {
    const entries = maps.get(name) ?? new Map<string, string>();
    const [key, value] = readEntry(reader.bytes(), type.mapOf);
    maps.set(name, entries.set(key, value));
  } else if (typeof type === "object" && "listOf" in type) {
    const items = (values.get(name) as unknown[] | undefined) ?? [];
    items.push(readValue(reader, type.listOf));
    values.set(name, items);
  } else {
    const value = readValue(reader, type);
    if (isSet(value)) values.set(name, value);
  }
}

function readValue(
  reader: Reader,
  type: Exclude<FieldType, { mapOf: unknown } | { listOf: unknown }>,
): unknown {
  switch (type) {
    case "number":
      return Number(reader.int64());
    case "flag":
      return reader.bool();
    case "text":
      return utf8(reader.bytes());
    case "base64":
      return base64(reader.bytes());
    case "time":
      return time(reader.bytes());
    case "microTime":
      return microTime(reader.bytes());
    case "intOrString":
      return intOrString(reader.bytes());
    default:
      return readMessage(type, reader.bytes());
  }
}

function readEntry(bytes: Uint8Array, valueType: "text" | "base64"): [string, string] {
  const entry = readMessage(
    { fields: { 1: { name: "key", type: "text" }, 2: { name: "value", type: valueType } } },
    bytes,
  );
  const { key = "", value = "" } = entry as { key?: string; value?: string };
  return [key, value];
}

// The library reads groups, which nobody has written for twenty years, by recursion.
function skip(reader: Reader, wireType: number): void {
  if (wireType === 3 || wireType === 4) throw new TypeError("groups are not supported");
  reader.skipType(wireType);
}

function isSet(value: unknown): boolean {
  if (value === "" || value === 0 || value === undefined) return false;
  return typeof value !== "object" || value === null || Object.keys(value).length > 0;
}

function utf8(bytes: Uint8Array): string {
  return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64");
}

const INT_OR_STRING: Message = {
  fields: {
    1: { name: "type", type: "number" },
    2: { name: "number", type: "number" },
    3: { name: "text", type: "text" },
  },
};

/** Both values are always written; the type says which one counts: 0, which Go leaves unwritten, the number. */
function intOrString(bytes: Uint8Array): unknown {
  const { type = 0, number, text } = readMessage(INT_OR_STRING, bytes);
  return type === 0 ? number : text;
}

const TIME: Message = {
  fields: { 1: { name: "seconds", type: "number" }, 2: { name: "nanos", type: "number" } },
};

/** metav1.Time, whose nanoseconds are never kept. */
function time(bytes: Uint8Array): string | undefined {
  const { seconds } = readMessage(TIME, bytes);
  return seconds === undefined ? undefined : new Date(Number(seconds) * 1000).toISOString();
}

/** metav1.MicroTime. */
function microTime(bytes: Uint8Array): string | undefined {
  const { nanos = 0 } = readMessage(TIME, bytes);
  const microseconds = String(Math.trunc(Number(nanos) / 1000)).padStart(6, "0");
  return time(bytes)?.replace(/\.\d+/, `.${microseconds}`);
}
