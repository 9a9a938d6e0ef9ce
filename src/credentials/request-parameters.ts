import { HOP_BY_HOP } from "../http/hop-by-hop.ts";
import { credentialFailure, type CredentialFailure } from "./failures.ts";
import { formBody } from "./form-encoding.ts";
import type { RequestParameters } from "./provider.ts";
import type { SecretData } from "./secret-data.ts";

/** Hidden from `util.inspect` and JSON: the values are API keys as often as not. */
class SecretParameters implements RequestParameters {
  readonly #headers: readonly string[];
  readonly #query: RequestParameters["query"];
  constructor(headers: readonly string[], query: RequestParameters["query"]) {
    this.#headers = Object.freeze(headers);
    this.#query = Object.freeze(query);
  }
  get headers(): readonly string[] {
    return this.#headers;
  }
  get query(): RequestParameters["query"] {
    return this.#query;
  }
}

export const NO_PARAMETERS: RequestParameters = new SecretParameters([], []);

/**
 * The extra headers and query parameters of a Secret: JSON objects of arrays of strings under `headers` and
 * `queryParameters`, any other shape is a failure (gateway spec §6.1). No text quotes what the Secret holds.
 */
export function parseRequestParameters(
  data: SecretData,
  service: string,
): RequestParameters | CredentialFailure {
  const headers = parseLists(data.get("headers"));
  if (typeof headers === "string") return credentialFailure("CREDENTIALS_HEADERS_INVALID", service, headers);
  const flat = flatHeaders(headers);
  if (typeof flat === "string") return credentialFailure("CREDENTIALS_HEADERS_INVALID", service, flat);
  const query = parseLists(data.get("queryParameters"));
  if (typeof query === "string") {
    return credentialFailure("CREDENTIALS_QUERY_PARAMETERS_INVALID", service, query);
  }
  if (flat.length === 0 && query.length === 0) return NO_PARAMETERS;
  return new SecretParameters(flat, encodedQuery(query));
}

type Lists = readonly (readonly [name: string, values: readonly string[]])[];

/** What the value holds, or what is wrong with it. */
function parseLists(value: Buffer | undefined): Lists | string {
  if (value === undefined) return [];
  if (value.length === 0) return "unexpected end of JSON input";
  const parsed = parseJson(value);
  if (parsed === undefined) return "the value is not JSON";
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed)) {
    return "the value is not a JSON object";
  }
  const lists = Object.entries(parsed);
  const correct = lists.every(([, values]) => Array.isArray(values) && values.every(isString));
  return correct ? (lists as [string, string[]][]) : "a member is not an array of strings";
}

function isString(value: unknown): value is string {
  return typeof value === "string";
}

/** undefined for what is not JSON: the message of JSON.parse would quote the Secret. */
function parseJson(value: Buffer): unknown {
  try {
    return JSON.parse(value.toString("utf8")) as unknown;
  } catch {
    return undefined;
  }
}

/** RFC 9110 §5.6.2 */
const TOKEN = /^[A-Za-z0-9!#$%&'*+\-.^_`|~]+$/;

/** Set by the connection itself; Expect is met by the gateway (amendment A16). */
const NEVER_CONFIGURED = new Set([...HOP_BY_HOP, "host", "content-length", "expect"]);

function flatHeaders(lists: Lists): string[] | string {
  const flat: string[] = [];
  for (const [name, values] of lists) {
    if (!TOKEN.test(name)) return "a member's name is not a header name";
    if (NEVER_CONFIGURED.has(name.toLowerCase())) continue;
    for (const value of values) {
      // Header values are Latin-1 text here; text beyond ASCII is sent as UTF-8, as the original does.
      const bytes = Buffer.from(value);
      if (bytes.some(isControl)) {
        return `a value of '${name}' holds a line break or another control character`;
      }
      flat.push(name, bytes.toString("latin1"));
    }
  }
  return flat;
}

function isControl(byte: number): boolean {
  return (byte < 0x20 && byte !== 0x09) || byte === 0x7f;
}

function encodedQuery(lists: Lists): RequestParameters["query"] {
  return lists
    .filter(([, values]) => values.length > 0)
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, values]) => ({ name, encoded: formBody(values.map((value) => [name, value] as const)) }));
}
