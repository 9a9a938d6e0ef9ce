import { isSecretName, REDACTED, redactText } from "./redact.ts";

/** Deeper and longer things are cut: a log line is no dump. */
const DEEPEST = 6;
const MOST_MEMBERS = 100;

/**
 * A copy of the fields of a log line that can be written as JSON without its secrets: values of secret names
 * are replaced, texts go through `redactText`, errors become plain objects with their causes, binary data
 * becomes its length.
 */
export function redactFields(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return copyMembers(readableEntries(fields), 0, new Set([fields]));
}

function copy(value: unknown, depth: number, above: Set<object>): unknown {
  switch (typeof value) {
    case "string":
      return redactText(value);
    case "number":
    case "boolean":
    case "undefined":
      return value;
    case "object":
      return value === null ? value : copyObject(value, depth, above);
    case "function":
      return undefined;
    default:
      return String(value);
  }
}

function copyObject(value: object, depth: number, above: Set<object>): unknown {
  if (value instanceof Date) return Number.isNaN(value.valueOf()) ? "invalid date" : value.toISOString();
  if (value instanceof URL) return redactText(value.href);
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return `[${value.byteLength} bytes]`;
  if (above.has(value)) return "[circular]";
  if (depth >= DEEPEST) return "[deeper]";
  above.add(value);
  const result = copyContainer(value, depth + 1, above);
  above.delete(value);
  return result;
}

function copyContainer(value: object, depth: number, above: Set<object>): unknown {
  if (value instanceof Error) return copyError(value, depth, above);
  if (Array.isArray(value) || value instanceof Set) return copyList([...value], depth, above);
  if (value instanceof Map) return copyMembers([...value], depth, above);
  return copyMembers(readableEntries(value), depth, above);
}

/** In a flat header list the value follows its name. */
function copyList(list: readonly unknown[], depth: number, above: Set<object>): unknown[] {
  return list.slice(0, MOST_MEMBERS).map((item, index) => {
    const name = list[index - 1];
    return index % 2 === 1 && typeof name === "string" && isSecretName(name)
      ? REDACTED
      : copy(item, depth, above);
  });
}

function copyMembers(
  members: readonly (readonly [unknown, unknown])[],
  depth: number,
  above: Set<object>,
): Record<string, unknown> {
  // Without a prototype, because a member may be called "__proto__".
  const result = Object.create(null) as Record<string, unknown>;
  for (const [key, value] of members.slice(0, MOST_MEMBERS)) {
    const name = redactText(String(key));
    result[name] = value !== undefined && isSecretName(name) ? REDACTED : copy(value, depth, above);
  }
  return result;
}

/** Like Object.entries, but a getter that throws costs only its own member. */
function readableEntries(value: object): [string, unknown][] {
  return Object.keys(value).map((key) => {
    try {
      return [key, (value as Record<string, unknown>)[key]];
    } catch {
      return [key, "[unreadable]"];
    }
  });
}

function copyError(error: Error, depth: number, above: Set<object>): Record<string, unknown> {
  const { name, message, stack, cause, ...own } = error as Error & Record<string, unknown>;
  const errors = error instanceof AggregateError ? error.errors : undefined;
  return {
    name,
    message: redactText(message),
    ...copyMembers(readableEntries(own), depth, above),
    ...(errors ? { errors: copy(errors, depth, above) } : {}),
    ...(cause === undefined ? {} : { cause: copy(cause, depth, above) }),
    stack: framesOf(stack),
  };
}

/** Only the frames: the lines before them repeat the message, which may hold more lines than one. */
function framesOf(stack: unknown): string[] {
  if (typeof stack !== "string") return [];
  return stack
    .split("\n")
    .filter((line) => /^\s+at /.test(line))
    .slice(0, 10)
    .map((line) => redactText(line.trim()));
}
