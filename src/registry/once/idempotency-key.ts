import { refused, type Refused } from "../refused.ts";

/** Characters; a UUID has 36. */
const LONGEST = 255;

/** An sf-string of RFC 8941 §3.3.3, as draft-ietf-httpapi-idempotency-key-header has it. */
const QUOTED = /^"((?:[ !#-[\]-~]|\\["\\])*)"$/;
/** Many clients leave the quotes out. */
const PLAIN = /^[!#-+\--:<-[\]-~]+$/;

/** The value of `Idempotency-Key`, with or without quotes; undefined where there is none. */
export function idempotencyKey(headers: readonly string[] = []): string | undefined | Refused {
  const [header, ...others] = headers;
  if (header === undefined) return undefined;
  if (others.length > 0) return refused("REGISTRY_BAD_KEY", "it is given more than once");
  const value = header.trim();
  const key = PLAIN.test(value) ? value : QUOTED.exec(value)?.[1]?.replace(/\\(.)/g, "$1");
  if (key === undefined || key === "") return refused("REGISTRY_BAD_KEY", "it is no text in quotes");
  return key.length <= LONGEST ? key : refused("REGISTRY_BAD_KEY", `it is longer than ${LONGEST} characters`);
}
