/** How one protobuf field is read into JSON. A message becomes an object, `time` and `microTime` an RFC 3339 text. */
export type FieldType =
  | "text"
  | "number"
  | "flag"
  | "base64"
  | "time"
  | "microTime"
  | "intOrString"
  | Message
  | { readonly mapOf: "text" | "base64" }
  | { readonly listOf: "text" | Message };

export interface Field {
  readonly name: string;
  readonly type: FieldType;
}

/** Fields by their number. What is not in here is skipped. */
export interface Message {
  readonly fields: Readonly<Record<number, Field>>;
}

export function message(fields: Readonly<Record<number, readonly [name: string, type: FieldType]>>): Message {
  const entries = Object.entries(fields).map(([number, [name, type]]) => [number, { name, type }] as const);
  return { fields: Object.fromEntries(entries) };
}
