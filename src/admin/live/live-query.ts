import type { Caller } from "../identity/caller.ts";
import { AdminFailure } from "../admin-failure.ts";

/** What somebody wants to see of what happens. */
export interface LiveQuery {
  /** undefined: of all Applications, and what belongs to none. */
  readonly applications: ReadonlySet<string> | undefined;
  readonly service: string | undefined;
  /** `5xx` or `404`; empty: all. */
  readonly statuses: readonly string[];
  /** Seconds from one line of numbers to the next. */
  readonly interval: number;
  /** Seconds of the past that come first; undefined: none. */
  readonly since: number | undefined;
  /** Whether it goes on with what happens from now on. */
  readonly follow: boolean;
}

const PARAMETERS: ReadonlySet<string> = new Set([
  "application",
  "service",
  "status",
  "interval",
  "sinceSeconds",
  "follow",
]);

const LONGEST_INTERVAL = 3600;
/** A year: what is older is in no file. */
const LONGEST_PAST = 31_622_400;

/** Reads the query of a stream. Of a caller who is limited, only what belongs to his Applications is ever shown. */
export function readLiveQuery(query: URLSearchParams, { applications }: Caller): LiveQuery {
  for (const name of query.keys()) if (!PARAMETERS.has(name)) throw bad(`unknown parameter "${name}"`);
  const named = query.getAll("application");
  const statuses = query.getAll("status").flatMap((value) => value.split(","));
  const wrong = statuses.find((status) => !/^[1-5](?:xx|\d\d)$/.test(status));
  if (wrong !== undefined) throw bad(`status must be like 404 or 5xx, not "${wrong}"`);
  return {
    applications: named.length > 0 ? new Set(named) : applications,
    service: query.get("service") ?? undefined,
    statuses,
    interval: wholeNumber(query, "interval", LONGEST_INTERVAL) ?? 1,
    since: wholeNumber(query, "sinceSeconds", LONGEST_PAST),
    follow: flag(query, "follow"),
  };
}

export interface Shown {
  readonly application: string | undefined;
  readonly service: string | undefined;
}

export function concerns({ applications, service }: LiveQuery, shown: Shown): boolean {
  if (applications && !applications.has(shown.application ?? "")) return false;
  return service === undefined || shown.service === service;
}

/** What has no status, as the end of a tunnel, is shown where none is asked for. */
export function hasStatus({ statuses }: LiveQuery, status: number | undefined): boolean {
  if (statuses.length === 0) return true;
  return statuses.some((wanted) => {
    const hundreds = `${Math.floor((status ?? 0) / 100)}xx`;
    return wanted === String(status) || wanted === hundreds;
  });
}

function wholeNumber(query: URLSearchParams, name: string, most: number): number | undefined {
  const text = query.get(name);
  if (text === null) return undefined;
  const value = Number(text);
  if (/^[1-9]\d{0,9}$/.test(text) && value <= most) return value;
  throw bad(`${name} must be a whole number of seconds from 1 to ${most}`);
}

function flag(query: URLSearchParams, name: string): boolean {
  const text = query.get(name) ?? "true";
  if (text !== "true" && text !== "false") throw bad(`${name} must be true or false`);
  return text === "true";
}

function bad(reason: string): AdminFailure {
  return new AdminFailure("ADMIN_LIVE_QUERY", [reason]);
}
