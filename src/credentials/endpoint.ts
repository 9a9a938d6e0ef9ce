import { parseTargetUrl, withoutUserInformation } from "../core/target-url.ts";
import { escapeIllegal } from "../core/percent-encoding.ts";
import { addParameters, queryNames } from "../core/query.ts";
import type { RequestParameters } from "./provider.ts";

/** A token or CSRF endpoint, taken apart when the configuration changed. */
export interface Endpoint {
  readonly kind: "endpoint";
  readonly origin: string;
  /** Its host is written otherwise than it is read. */
  readonly disguised: boolean;
  /** Path and query as they stand on the wire, custom parameters included. */
  readonly path: string;
  /** The URL for texts: as it is written in the Application, without what could be a secret in it. */
  readonly shown: string;
}

export interface EndpointProblem {
  /** `unparsable`: no request can be made of it; `unusable`: one can, but it cannot be sent. */
  readonly kind: "unparsable" | "unusable";
  readonly shown: string;
  readonly cause: string;
}

export function endpointOf(
  written: string,
  parameters: RequestParameters["query"] = [],
): Endpoint | EndpointProblem {
  const shown = withoutUserInformation(written);
  const url = parseTargetUrl(written);
  if ("kind" in url) return { kind: url.kind, shown, cause: url.cause };
  const path = escapeIllegal(utf8(url.path === "" ? "/" : url.path));
  const own = url.query === "" ? "" : `?${escapeQuery(utf8(url.query))}`;
  const query = addParameters(own, parameters, queryNames(own));
  const { origin, disguised } = url;
  return { kind: "endpoint", origin, disguised, path: path + query, shown };
}

/** One character per byte, as everything that goes over the wire is written here. */
function utf8(text: string): string {
  return Buffer.from(text).toString("latin1");
}

/** The query stays as it is written, but for bytes that no request line may hold. */
function escapeQuery(query: string): string {
  return query.replace(
    /[^\x21-\x7e]/g,
    (byte) => `%${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`,
  );
}
