import type { JsonValue } from "./json-value.ts";
import { UnreadableDefinition } from "./unreadable-definition.ts";

/** How one value of a definition is read. Values of another JSON type throw UnreadableDefinition. */
export interface Field<Value> {
  /** The type that the original's message names. */
  readonly type: string;
  /** What stands for a value that is null or was not given. */
  readonly absent: Value;
  /** `value` is null only for a field with `keepsNull`. */
  read(value: JsonValue, place: Place): Value;
  readonly keepsNull?: boolean;
}

/** Where a value stands, for the message: the innermost object's type and the names down to the field. */
export interface Place {
  readonly type: string;
  readonly path: string;
}

/** The place of the whole definition. */
export const TOP: Place = { type: "", path: "" };

/** Where the original declares the types of its objects. */
const PACKAGE = "externalapi";

/** Refuses in Go's words; the value itself is not shown. */
function wrongType(value: JsonValue, type: string, place: Place): UnreadableDefinition {
  const into = place.path === "" ? "value" : `struct field ${place.type}.${place.path}`;
  return new UnreadableDefinition(`json: cannot unmarshal ${value.kind} into Go ${into} of type ${type}`);
}

/** Reads a value that may be null. */
export function readField<Value>(field: Field<Value>, value: JsonValue, place: Place): Value {
  return value.kind === "null" && !field.keepsNull ? field.absent : field.read(value, place);
}

export const text: Field<string> = {
  type: "string",
  absent: "",
  read(value, place) {
    if (value.kind !== "string") throw wrongType(value, this.type, place);
    return value.string();
  },
};

/** Any JSON value, null too, to be looked at later. */
export const anyJson: Field<JsonValue | undefined> = {
  type: "json.RawMessage",
  absent: undefined,
  keepsNull: true,
  read: (value) => value,
};

export function listOf<Item>(item: Field<Item>): Field<readonly Item[]> {
  return {
    type: `[]${item.type}`,
    absent: [],
    read(value, place) {
      if (value.kind !== "array") throw wrongType(value, this.type, place);
      return Array.from(value.items(), (found) => readField(item, found, place));
    },
  };
}

/** Keys are a stranger's: the map has no prototype, so that `__proto__` is a key like others. */
export function mapOf<Item>(item: Field<Item>): Field<Readonly<Record<string, Item>> | undefined> {
  return {
    type: `map[string]${item.type}`,
    absent: undefined,
    read(value, place) {
      if (value.kind !== "object") throw wrongType(value, this.type, place);
      const map = Object.create(null) as Record<string, Item>;
      for (const [key, found] of value.members()) map[key] = readField(item, found, place);
      return map;
    },
  };
}

type Fields = Readonly<Record<string, Field<unknown>>>;
type ValuesOf<Given extends Fields> = {
  readonly [Name in keyof Given]: Given[Name] extends Field<infer Value> ? Value : never;
};

/**
 * An object with known fields. Keys match in any case, the last one of a name counts, and others are passed
 * over (registry spec §2.2).
 */
export function objectOf<const Given extends Fields>(
  name: string,
  fields: Given,
): Field<ValuesOf<Given> | undefined> {
  const names = new Map(Object.keys(fields).map((field) => [folded(field), field]));
  return {
    type: `${PACKAGE}.${name}`,
    absent: undefined,
    read(value, place) {
      if (value.kind !== "object") throw wrongType(value, this.type, place);
      const read = emptyObject(fields);
      for (const [key, found] of value.members()) {
        const known = names.get(folded(key));
        const field = known === undefined ? undefined : fields[known];
        if (known === undefined || field === undefined) continue;
        const path = place.path === "" ? known : `${place.path}.${known}`;
        read[known] = readField(field, found, { type: name, path });
      }
      return read as ValuesOf<Given>;
    },
  };
}

/** An object none of whose fields was given. */
function emptyObject(fields: Fields): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).map(([name, { absent }]) => [name, absent]));
}

/** Go folds two characters outside ASCII into it: the long s, and the Kelvin sign, which is lower-cased to k. */
function folded(key: string): string {
  return key.replaceAll("\u017F", "s").toLowerCase();
}
