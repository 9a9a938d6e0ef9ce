import type { TargetUrl } from "../core/target-url.ts";

/** What a Location header is read against. */
export interface LocationContext {
  readonly target: TargetUrl;
  /** Path that was sent to the target, without the query: what a relative Location is relative to. */
  readonly sentPath: string;
  /** `/{application}/{service}` or `/{application}/{service}/{entry}`. */
  readonly gatewayPath: string;
  /** Host header of the caller; without it, or with an empty one, the answer is a path. */
  readonly callerHost: string | undefined;
}

/**
 * Points a redirect back at the gateway when it stays within the target (gateway spec §12). undefined
 * leaves the header alone. Ports and http/https differences are ignored, whole segments are compared, and
 * escapes are kept (all **[D]** of the spec).
 */
export function rewriteLocation(location: string, context: LocationContext): string | undefined {
  // A reference to the very URL that was asked for says nothing that a caller could follow.
  if (location === "") return undefined;
  const { target } = context;
  const base = `${target.origin}${context.sentPath}`;
  if (!URL.canParse(location, base)) return undefined;
  const resolved = new URL(location, base);
  if (resolved.protocol !== "http:" && resolved.protocol !== "https:") return undefined;
  if (resolved.hostname.replace(/^\[|\]$/g, "") !== target.hostname) return undefined;
  const remainder = below(resolved.pathname, target.path);
  if (remainder === undefined) return undefined;
  const path = `${context.gatewayPath}${remainder}${resolved.search}${resolved.hash}`;
  const { callerHost = "" } = context;
  return callerHost === "" ? path : `http://${callerHost}${path}`;
}

/** What of `path` lies below `base`, by whole segments; empty or beginning with a slash. */
function below(path: string, base: string): string | undefined {
  const cleaned = path.replace(/\/{2,}/g, "/");
  // The URL parser has normalised the Location's path, so the base must be read the same way.
  const prefix = new URL(`http://h${base.startsWith("/") ? base : `/${base}`}`).pathname.replace(/\/+$/, "");
  if (cleaned === prefix || (cleaned === "/" && prefix === "")) return "";
  return cleaned.startsWith(`${prefix}/`) ? cleaned.slice(prefix.length) : undefined;
}
