import type { TlsIdentity } from "../outbound/tls-identity.ts";
import { fingerprintOf } from "./fingerprint.ts";
import type { CredentialProvider } from "./provider.ts";
import { StaticProvider } from "./static-provider.ts";

const NOTHING = Object.freeze({});

/** Adds nothing; the caller's own Authorization goes through. */
export function none(tls: TlsIdentity): CredentialProvider {
  return new StaticProvider({
    type: "none",
    secretName: undefined,
    tls,
    fingerprint: fingerprintOf("none", tls.key),
    authorisation: NOTHING,
  });
}
