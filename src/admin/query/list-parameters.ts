import type { Cause } from "../../core/resources/kind.ts";
import type { Paging } from "../../stores/store.ts";
import { badRequest } from "../admin-failure.ts";
import { invalidOptions } from "../status/invalid-options.ts";
import { versionParameter, wholeNumberParameter } from "./parameters.ts";

export interface ListParameters {
  readonly paging: Paging;
  /** Where the caller has been already; undefined: anything goes. */
  readonly version: string | undefined;
  /** The answer must be of exactly that version. */
  readonly exact: boolean;
}

/** The parameters of a list that are no selector (admin-api spec §10). */
export function listParameters(query: URLSearchParams): ListParameters {
  const limit = wholeNumberParameter(query, "limit") ?? 0;
  const continuation = query.get("continue") ?? "";
  const version = versionParameter(query);
  // Of a watch, but what cannot be read is refused by whoever reads all options at once.
  wholeNumberParameter(query, "timeoutSeconds");
  const match = query.get("resourceVersionMatch") ?? "";
  if (continuation !== "" && version !== undefined) {
    throw badRequest("specifying resource version is not allowed when using continue");
  }
  if (match !== "") checkMatch(match, query.get("resourceVersion") ?? "", continuation);
  if (query.has("sendInitialEvents")) {
    throw forbidden("sendInitialEvents", "sendInitialEvents is forbidden for list");
  }
  const exact = match === "Exact";
  const paging = {
    ...(exact && version !== undefined ? { exactly: version } : {}),
    ...(limit > 0 ? { limit } : {}),
    ...(continuation === "" ? {} : { continue: continuation }),
  };
  return { paging, version, exact };
}

function checkMatch(match: string, version: string, continuation: string): void {
  const field = "resourceVersionMatch";
  if (continuation !== "") throw forbidden(field, `${field} is forbidden when continue is provided`);
  if (version === "") throw forbidden(field, `${field} is forbidden unless resourceVersion is provided`);
  if (match !== "Exact" && match !== "NotOlderThan") {
    throw invalidOptions("ListOptions", [unsupportedMatch(match, '"Exact", "NotOlderThan", ""')]);
  }
  if (match === "Exact" && /^0+$/.test(version)) {
    throw forbidden(field, `${field} "exact" is forbidden for resourceVersion "0"`);
  }
}

export function unsupportedMatch(match: string, supported: string): Cause {
  const message = `Unsupported value: ${JSON.stringify(match)}: supported values: ${supported}`;
  return { reason: "FieldValueNotSupported", message, field: "resourceVersionMatch" };
}

/** 422: the parameter may not be given here. Other causes stand behind it. */
export function forbidden(field: string, message: string, ...others: readonly Cause[]) {
  const cause: Cause = { reason: "FieldValueForbidden", message: `Forbidden: ${message}`, field };
  return invalidOptions("ListOptions", [cause, ...others]);
}
