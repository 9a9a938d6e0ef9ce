import type { FlatHeaders } from "./flat-headers.ts";

/** Headers that concern one connection and are never passed on (RFC 9110 §7.6.1; gateway spec §8). */
export const HOP_BY_HOP: ReadonlySet<string> = new Set([
  "connection",
  "proxy-connection",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

/**
 * Lower-case names that `Connection` lists, which are then hop-by-hop too; undefined when it lists nothing
 * beyond `keep-alive` and `close`, which is nearly always.
 */
export function connectionTokens(headers: FlatHeaders): ReadonlySet<string> | undefined {
  let tokens: Set<string> | undefined;
  for (let index = 0; index < headers.length; index += 2) {
    const name = headers[index] as string;
    if (name.length !== 10 || name.toLowerCase() !== "connection") continue;
    for (const item of (headers[index + 1] as string).split(",")) {
      const token = item.trim().toLowerCase();
      if (token === "" || token === "keep-alive" || token === "close") continue;
      tokens ??= new Set();
      tokens.add(token);
    }
  }
  return tokens;
}
