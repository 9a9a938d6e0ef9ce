import { goJson } from "../http/go-json.ts";
import { JSON_CONTENT_TYPE } from "../http/json-error.ts";
import { registryFailures } from "./failures.ts";
import type { JsonPieces } from "./raw-json.ts";
import type { Refused } from "./refused.ts";

/** What a request is answered with. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer | JsonPieces;
  readonly refused?: Refused;
}

const JSON_HEADERS = { "Content-Type": JSON_CONTENT_TYPE };

/** JSON with the line feed that the original's encoder adds (registry spec §2). */
export function jsonAnswer(status: number, value: unknown, headers: Answer["headers"] = {}): Answer {
  return jsonTextAnswer(status, goJson(value), headers);
}

/** Of a text that is JSON already, with the escapes of Go's encoder. */
export function jsonTextAnswer(status: number, text: string, headers: Answer["headers"] = {}): Answer {
  return { status, headers: { ...JSON_HEADERS, ...headers }, body: `${text}\n` };
}

/** The same of JSON in pieces, which are not put together. */
export function jsonPiecesAnswer(status: number, json: JsonPieces, headers: Answer["headers"] = {}): Answer {
  return { status, headers: { ...JSON_HEADERS, ...headers }, body: joinedTexts([...json, "\n"]) };
}

/** Texts that stand side by side become one: each piece is written by itself. */
function joinedTexts(pieces: JsonPieces): JsonPieces {
  const joined: (string | Uint8Array)[] = [];
  for (const piece of pieces) {
    const last = joined.at(-1);
    if (typeof piece === "string" && typeof last === "string") joined[joined.length - 1] = last + piece;
    else joined.push(piece);
  }
  return joined;
}

/** Success without a body, which carries the content type all the same. */
export function emptyAnswer(status: number): Answer {
  return { status, headers: JSON_HEADERS, body: "" };
}

/** Seconds. */
const RETRY_AFTER = "10";

/** The error body `{"code":…,"error":…}`. */
export function refusalAnswer(refused: Refused): Answer {
  const { status } = registryFailures[refused.code];
  const headers = status === 503 ? { "Retry-After": RETRY_AFTER } : {};
  return { ...jsonAnswer(status, { code: status, error: refused.text }, headers), refused };
}
