import type { TlsIdentity } from "../outbound/tls-identity.ts";
import { fingerprintOf } from "./fingerprint.ts";
import type { CredentialProvider } from "./provider.ts";
import { StaticProvider } from "./static-provider.ts";

const NOTHING = Object.freeze({});

const known = new WeakMap<TlsIdentity, CredentialProvider>();

/** Adds nothing; the caller's own Authorization goes through. */
export function none(tls: TlsIdentity): CredentialProvider {
  let provider = known.get(tls);
  if (!provider) {
    provider = new StaticProvider({
      type: "none",
      secretName: undefined,
      tls,
      fingerprint: fingerprintOf("none", tls.key),
      authorisation: NOTHING,
    });
    known.set(tls, provider);
  }
  return provider;
}
