import type { ReadSecret } from "../credentials/find-secret.ts";
import { decodeSecret } from "../credentials/secret-data.ts";
import type { FindSecret } from "./follow.ts";

/** Reads Secrets from what is in memory. */
export function secretReader(findSecret: FindSecret): ReadSecret {
  return (name) => {
    const secret = findSecret(name);
    if (!secret) return { kind: "missing" };
    return { kind: "found", data: decodeSecret(secret) };
  };
}
