import { createHash } from "node:crypto";
import type { AddressRules } from "../core/resources/api-settings/address-rules.ts";
import type { EgressPolicy } from "./egress-policy.ts";

/** Whom the calls of an API trust, and where they may go, beyond what holds for all. */
export interface ApiTrust {
  /** Equal for equal trust; of all of it, so that nothing is shared by mistake. */
  readonly key: string;
  /** Further authorities in PEM form. */
  readonly authorities: string | undefined;
  /** Expected in the certificate of this origin in place of its host, and asked for (RFC 6066 §3). */
  readonly serverName: ServerName | undefined;
  /** In place of the policy for all, which it includes. */
  readonly policy: EgressPolicy | undefined;
}

export interface ServerName {
  /** As `URL.origin` writes it: a token endpoint elsewhere has a name of its own. */
  readonly origin: string;
  readonly name: string;
}

export interface TrustParts {
  readonly authorities: string | undefined;
  readonly serverName: ServerName | undefined;
  readonly addresses: AddressRules | undefined;
}

/** undefined where an API trusts what all trust. */
export function apiTrust(parts: TrustParts, policy: EgressPolicy): ApiTrust | undefined {
  const { authorities, serverName, addresses } = parts;
  if (authorities === undefined && !serverName && !addresses) return undefined;
  const key = JSON.stringify([digestOf(authorities), serverName?.origin, serverName?.name, addresses]);
  const last = latest.get(policy);
  if (last?.key === key) return last;
  const trust = Object.freeze({
    key,
    authorities,
    serverName,
    policy: addresses && policy.narrowed(addresses),
  });
  latest.set(policy, trust);
  return trust;
}

/** Thousands of services of an Application are compiled one after the other, and mostly have the same trust. */
const latest = new WeakMap<EgressPolicy, ApiTrust>();

let digested = { authorities: "", digest: "" };

/** A bundle may have hundreds of kilobytes, and the next API mostly the same one. */
function digestOf(authorities: string | undefined): string | undefined {
  if (authorities === undefined) return undefined;
  if (digested.authorities !== authorities) {
    digested = { authorities, digest: createHash("sha256").update(authorities).digest("base64url") };
  }
  return digested.digest;
}
