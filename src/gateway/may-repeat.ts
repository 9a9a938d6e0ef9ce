import type { CompiledApi } from "../snapshot/compiled.ts";
import type { GatewayOptions } from "./options.ts";

/** Methods that change nothing, so that a repetition cannot either (RFC 9110 §9.2.1); TRACE is never sent. */
const SAFE_METHODS: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS"]);

export function isSafe(method: string): boolean {
  return SAFE_METHODS.has(method);
}

/** What decides, of a call. */
export interface RepeatableCall {
  readonly method: string;
  readonly api: CompiledApi;
  /** It brought an Access-Token. */
  readonly ownToken: boolean;
}

/** Whether fresh credentials could change anything, and the call may be made twice (gateway spec §11). */
export function mayRepeat(
  { method, api, ownToken }: RepeatableCall,
  { retryOnUnauthorized }: Pick<GatewayOptions, "retryOnUnauthorized">,
): boolean {
  if (retryOnUnauthorized === "never") return false;
  if (retryOnUnauthorized === "safe-methods" && !isSafe(method)) return false;
  // An Access-Token is the caller's own: only the CSRF token can be fetched again with it.
  if (ownToken) return api.csrf !== undefined;
  return api.provider.type !== "none" || api.csrf !== undefined;
}
