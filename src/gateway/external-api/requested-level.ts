import { logLevelNamed, type LogLevel } from "../../telemetry/log-level.ts";

export interface LevelRequest {
  readonly contentType: string | undefined;
  readonly query: string;
  readonly body: string;
}

export interface MalformedLevel {
  readonly error: string;
}

const MISSING = { error: "must specify logging level" };

/**
 * The level that a PUT asks for, or what the caller is told, in the words of the original (gateway spec §3).
 * Only the bare media type makes a form: with parameters the original reads JSON.
 */
export function requestedLevel(request: LevelRequest): LogLevel | MalformedLevel {
  return request.contentType === "application/x-www-form-urlencoded"
    ? levelOfForm(request)
    : levelOfJson(request.body);
}

function levelOfForm({ body, query }: LevelRequest): LogLevel | MalformedLevel {
  const name = new URLSearchParams(body).get("level") ?? new URLSearchParams(query).get("level") ?? "";
  return name === "" ? MISSING : (logLevelNamed(name) ?? unrecognized(name));
}

function levelOfJson(body: string): LogLevel | MalformedLevel {
  if (body.trim() === "") return malformed("EOF");
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return malformed("it is not JSON");
  }
  if (value === null) return MISSING;
  if (typeof value !== "object" || Array.isArray(value)) return malformed("a JSON object is expected");
  const name = memberOf(value, "level");
  if (name === undefined || name === null) return MISSING;
  if (typeof name !== "string") return malformed("level must be a string");
  return logLevelNamed(name) ?? malformed(unrecognized(name).error);
}

/** Names of members are compared without case, as the original does. */
function memberOf(value: object, name: string): unknown {
  return Object.entries(value).find(([key]) => key.toLowerCase() === name)?.[1];
}

function malformed(reason: string): MalformedLevel {
  return { error: `malformed request body: ${reason}` };
}

function unrecognized(name: string): MalformedLevel {
  return { error: `unrecognized level: ${JSON.stringify(name)}` };
}
