import { climbsAbove } from "./dot-segments.ts";
import { refusal, type GatewayRefusal } from "./failures.ts";

/** The two listeners differ in how many leading path segments name the API (gateway spec §4). */
export type Addressing = "manual" | "compass";

/** Where a call goes, as the caller wrote it. */
export interface Route {
  readonly kind: "route";
  readonly addressing: Addressing;
  readonly application: string;
  readonly service: string;
  /** Empty with manual addressing. */
  readonly entry: string;
  /**
   * What is left of the path, still escaped, without the slash in front but with those at its end; empty for the
   * target's own path.
   */
  readonly rest: string;
  /** With the question mark; empty when there is none. */
  readonly query: string;
}

/** A request target split at the first question mark. */
export interface RequestTarget {
  readonly path: string;
  readonly query: string;
}

/**
 * Path and query of a request target in origin-form or absolute-form (RFC 9112 §3.2; amendment A15);
 * undefined for the asterisk- and authority-forms, which name no resource of ours. The bytes stay as they
 * are: `new URL()` would resolve dot segments and rewrite `|`, `'` and backslashes.
 */
export function splitRequestTarget(target: string): RequestTarget | undefined {
  let start = 0;
  if (target.charCodeAt(0) !== SLASH) {
    const absolute = /^https?:\/\/[^/?#]+/i.exec(target);
    if (!absolute) return undefined;
    start = absolute[0].length;
  }
  const question = target.indexOf("?", start);
  if (question === -1) return { path: start === 0 ? target : target.slice(start), query: "" };
  return { path: target.slice(start, question), query: target.slice(question) };
}

/** ① Reads the API's names from the path, literally: identifiers are never percent-decoded. */
export function route(addressing: Addressing, target: RequestTarget): Route | GatewayRefusal {
  const { path, query } = target;
  const [start, end] = trimSlashes(path);
  const afterApplication = segmentEnd(path, start, end);
  const afterService = segmentEnd(path, afterApplication + 1, end);
  let restStart = afterService + 1;
  let entry = "";
  if (addressing === "compass") {
    const afterEntry = segmentEnd(path, restStart, end);
    if (restStart > end) return refusal("GATEWAY_BAD_PATH");
    entry = path.slice(restStart, afterEntry);
    restStart = afterEntry + 1;
  } else if (afterApplication + 1 > end) {
    return refusal("GATEWAY_BAD_PATH");
  }
  const rest = restStart > end ? "" : path.slice(restStart);
  if (climbsAbove(rest)) return refusal("GATEWAY_BAD_PATH");
  return {
    kind: "route",
    addressing,
    application: path.slice(start, afterApplication),
    service: path.slice(afterApplication + 1, afterService),
    entry,
    rest,
    query,
  };
}

const SLASH = 0x2f;

/** All leading and all trailing slashes are meaningless (gateway spec §4). */
function trimSlashes(path: string): [start: number, end: number] {
  let start = 0;
  let end = path.length;
  while (start < end && path.charCodeAt(start) === SLASH) start++;
  while (end > start && path.charCodeAt(end - 1) === SLASH) end--;
  return [start, end];
}

function segmentEnd(path: string, from: number, end: number): number {
  const slash = path.indexOf("/", from);
  return slash === -1 || slash > end ? end : slash;
}

/** A rest whose trailing slashes mean nothing (gateway spec §4, D4). */
export function withoutSlashes(rest: string): string {
  let end = rest.length;
  while (end > 0 && rest.charCodeAt(end - 1) === SLASH) end--;
  return end === rest.length ? rest : rest.slice(0, end);
}
