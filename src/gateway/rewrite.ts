import { HOP_BY_HOP, connectionTokens } from "../http/hop-by-hop.ts";
import type { FlatHeaders } from "../http/flat-headers.ts";
import { rewriteLocation, type LocationContext } from "./location.ts";

/** The head of an answer as the caller gets it. */
export interface RewrittenHead {
  readonly status: number;
  readonly headers: string[];
}

/** ⑥ Turns the head of the target's answer into the gateway's (gateway spec §12). */
export function rewrite(status: number, headers: FlatHeaders, location: LocationContext): RewrittenHead {
  const failed = status >= 500 && status <= 599;
  const relocated = status === 201 || (status >= 300 && status <= 399);
  const rewritten = passedHeaders(headers, (name, value) => {
    if (failed && name === "target-system-status") return undefined;
    if (relocated && name === "location") return rewriteLocation(value, location) ?? value;
    return value;
  });
  if (!failed) return { status, headers: rewritten };
  rewritten.push("Target-System-Status", String(status));
  return { status: 502, headers: rewritten };
}

/** In the host-addressed mode answers pass unchanged (gateway spec §16). */
export function passThrough(status: number, headers: FlatHeaders): RewrittenHead {
  return { status, headers: passedHeaders(headers, (_, value) => value) };
}

/** `X-Gateway-Error` marks answers that the gateway made itself, so a target may not send it. */
const RESERVED = "x-gateway-error";

function passedHeaders(
  headers: FlatHeaders,
  change: (lowerCaseName: string, value: string) => string | undefined,
): string[] {
  const named = connectionTokens(headers);
  const passed: string[] = [];
  for (let index = 0; index < headers.length; index += 2) {
    const name = headers[index] as string;
    const lowerCase = name.toLowerCase();
    if (HOP_BY_HOP.has(lowerCase) || lowerCase === RESERVED || named?.has(lowerCase)) continue;
    const value = change(lowerCase, headers[index + 1] as string);
    if (value !== undefined) passed.push(name, value);
  }
  return passed;
}
