import { ambiguousFraming } from "../http/ambiguous-framing.ts";
import type { FlatHeaders } from "../http/flat-headers.ts";
import type { Refusal } from "../snapshot/compiled.ts";
import { refusal } from "./failures.ts";
import type { RequestHead } from "./request-head.ts";
import { upgradeFault, wantsUpgrade } from "./upgrade.ts";

/** What Node's parser has made of a request's head. */
export interface ParsedRequest {
  readonly method?: string | undefined;
  readonly httpVersion: string;
  readonly rawHeaders: FlatHeaders;
  /** Node has taken it out of HTTP: what follows it is not read as a request. */
  readonly upgrade?: boolean;
}

/**
 * `uri-host [":" port]` (RFC 9112 §3.2, RFC 3986 §3.2.2), because it goes into the Location of redirects. A
 * single quote is left out: no host has one, and what quotes an address would end with it.
 */
const HOST = /^(?:(?:[\w.~!$&()*+,;=-]|%[\da-f]{2})+|\[[\da-f:.]+\])(?::\d{0,5})?$/i;

/** An empty Host is that of a caller whose target has none (RFC 9110 §7.2). */
function isHost(value: string): boolean {
  if (value === "") return true;
  return HOST.test(value) && (!value.startsWith("[") || URL.canParse(`http://${value}`));
}

/**
 * Refuses what Node lets through although two parties could read it differently, TRACE, and upgrades that cannot be
 * made. A target answers TRACE with the request as it got it: the caller would read the credentials (RFC 9110 §9.3.8).
 */
export function checkRequest(request: ParsedRequest, head: RequestHead): Refusal | undefined {
  const { method, httpVersion, rawHeaders } = request;
  const ambiguous = ambiguousFraming(rawHeaders);
  if (ambiguous) return refusal("GATEWAY_MALFORMED_REQUEST", ambiguous);
  if (httpVersion !== "1.1" && httpVersion !== "1.0") {
    return refusal("GATEWAY_MALFORMED_REQUEST", `HTTP/${httpVersion}`);
  }
  if (head.host === undefined && httpVersion === "1.1") {
    return refusal("GATEWAY_MALFORMED_REQUEST", "no Host header");
  }
  if (head.host !== undefined && !isHost(head.host)) {
    return refusal("GATEWAY_MALFORMED_REQUEST", "its Host header is no host name and port");
  }
  if (method === "TRACE") return refusal("GATEWAY_METHOD_REFUSED", method);
  if (request.upgrade === true || !wantsUpgrade(head)) return undefined;
  const fault = upgradeFault(request, head) ?? "an earlier call on the connection has no answer yet";
  return refusal("GATEWAY_UPGRADE_REFUSED", fault);
}
