import type { ApiSettings } from "../core/resources/api-settings/api-settings.ts";
import { parseTargetUrl } from "../core/target-url.ts";
import type { ReadSecret } from "../credentials/find-secret.ts";
import type { SecretData } from "../credentials/secret-data.ts";
import { apiTrust, type ServerName } from "../outbound/api-trust.ts";
import { authorityBundle, type AuthorityBundle } from "../outbound/authority-bundle.ts";
import type { EgressPolicy } from "../outbound/egress-policy.ts";
import { trustingIdentity, type TlsIdentity } from "../outbound/tls-identity.ts";

/** Where the certificates of a bundle stand in its Secret, as in the Secrets of `kubernetes.io/tls`. */
const BUNDLE_KEY = "ca.crt";

export interface TrustSource {
  readonly settings: ApiSettings;
  readonly targetUrl: string;
  readonly verify: boolean;
}

/** A Secret that is no bundle of authorities, and why. */
export interface UnusableBundle {
  readonly kind: "unusable-bundle";
  readonly secretName: string;
  readonly cause: string;
}

/** What the connections of an API have in common, whatever they are for. */
export function compileTrust(
  { settings, targetUrl, verify }: TrustSource,
  readSecret: ReadSecret,
  policy: EgressPolicy,
): TlsIdentity | UnusableBundle {
  const { caBundle, addressPolicy } = settings;
  const bundle = caBundle === undefined ? undefined : readBundle(caBundle, readSecret);
  if (bundle && "kind" in bundle) return bundle;
  const serverName = serverNameOf(settings, targetUrl);
  const parts = { authorities: bundle?.pem, serverName, addresses: addressPolicy };
  return trustingIdentity(verify, apiTrust(parts, policy));
}

function serverNameOf({ serverName: name }: ApiSettings, targetUrl: string): ServerName | undefined {
  const url = parseTargetUrl(targetUrl);
  // A target that cannot be called is told of later.
  return name === undefined || "kind" in url ? undefined : { origin: url.origin, name };
}

/** The authorities that the annotation `ca-bundle` names. */
export function readBundle(secretName: string, readSecret: ReadSecret): AuthorityBundle | UnusableBundle {
  const unusable = (cause: string) => ({ kind: "unusable-bundle", secretName, cause }) as const;
  const secret = readSecret(secretName);
  if (secret.kind !== "found")
    return unusable(secret.kind === "missing" ? "it does not exist" : secret.cause);
  const bundle = bundleOf(secret.data);
  return bundle ?? unusable(`its key '${BUNDLE_KEY}' holds no certificates in PEM form`);
}

/** The services of an Application share the data of a Secret while they are compiled. */
const read = new WeakMap<SecretData, AuthorityBundle>();

function bundleOf(data: SecretData): AuthorityBundle | undefined {
  const known = read.get(data);
  if (known) return known;
  const bundle = authorityBundle(data.get(BUNDLE_KEY)?.toString("latin1") ?? "");
  if (bundle) read.set(data, bundle);
  return bundle;
}
