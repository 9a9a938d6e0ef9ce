import { flagParameter, versionParameter, wholeNumberParameter } from "./parameters.ts";
import { forbidden, unsupportedMatch } from "./list-parameters.ts";

export interface WatchParameters {
  /** `list`: everything there is, then changes. `now`: only what comes. Else every change after a version. */
  readonly start: "list" | "now" | { readonly after: string };
  readonly bookmarks: boolean;
  /** Milliseconds; undefined: the server chooses. */
  readonly timeout: number | undefined;
}

/** The parameters of a watch that are no selector (admin-api spec §11). */
export function watchParameters(query: URLSearchParams): WatchParameters {
  const bookmarks = flagParameter(query, "allowWatchBookmarks");
  const seconds = wholeNumberParameter(query, "timeoutSeconds") ?? 0;
  const version = versionParameter(query);
  const initial = query.has("sendInitialEvents") ? flagParameter(query, "sendInitialEvents") : undefined;
  checkMatch(query.get("resourceVersionMatch") ?? "", initial !== undefined);
  return { start: startOf(version, initial), bookmarks, timeout: seconds > 0 ? seconds * 1000 : undefined };
}

// With sendInitialEvents a version only says how old the list may be, and ours is always current. It is
// never answered 410, which clients of 1.35 and later repeat thousands of times a second.
function startOf(version: string | undefined, initial: boolean | undefined): WatchParameters["start"] {
  if (initial === true) return "list";
  if (version !== undefined) return { after: version };
  return initial === false ? "now" : "list";
}

function checkMatch(match: string, initialGiven: boolean): void {
  const field = "resourceVersionMatch";
  if (!initialGiven) {
    if (match === "") return;
    throw forbidden(field, `${field} is forbidden for watch unless sendInitialEvents is provided`);
  }
  if (match === "NotOlderThan") return;
  const unsupported = match === "" ? [] : [unsupportedMatch(match, '"NotOlderThan"')];
  const required = "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan";
  throw forbidden(field, required, ...unsupported);
}
