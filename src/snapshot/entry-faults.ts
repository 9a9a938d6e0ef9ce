import type { ApplicationEntry } from "../core/resources/application.ts";
import { entryCredentials } from "../core/resources/entry-credentials.ts";
import { parseTargetUrl } from "../core/target-url.ts";
import { BrokenCsrfProvider } from "../credentials/broken-csrf.ts";
import { BrokenProvider } from "../credentials/broken-provider.ts";
import { expectedKeys } from "../credentials/expected-keys.ts";
import type { ReadSecret } from "../credentials/find-secret.ts";
import { secretValue } from "../credentials/secret-data.ts";
import type { EgressPolicy } from "../outbound/egress-policy.ts";
import { authorityFaults } from "./authority-faults.ts";
import { certificateFaults } from "./certificate-faults.ts";
import type { BrokenApi, CompiledApi } from "./compiled.ts";
import { readBundle } from "./compile-trust.ts";
import { faultOfBroken, faultOfCredentials } from "./fault-of-failure.ts";
import { remedyOf, type Fault, type FindingReason, type FindingStep } from "./finding.ts";

export interface EntrySurroundings {
  readonly readSecret: ReadSecret;
  /** For APIs without one of their own. */
  readonly policy: EgressPolicy;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** What is wrong with one API entry, whatever its name: first what stops its calls, in their order. */
export function entryFaults(
  entry: ApplicationEntry,
  api: CompiledApi | BrokenApi,
  surroundings: EntrySurroundings,
): readonly Fault[] {
  const secret = secretFaults(entry, surroundings);
  if (api.kind === "broken") return [faultOfBroken(api), ...secret];
  const { provider, csrf, target } = api;
  return [
    ...(provider instanceof BrokenProvider ? [faultOfCredentials(provider.failure)] : []),
    ...(csrf instanceof BrokenCsrfProvider ? [faultOfCredentials(csrf.failure)] : []),
    ...(target.refused ? [errorOf("TargetRefused", "policy", TARGET_REFUSED)] : []),
    ...endpointFaults(entry, api, surroundings),
    ...bundleFaults(api, surroundings),
    ...secret,
    ...csrfFaults(entry, api),
  ];
}

const TARGET_REFUSED = "the egress policy refuses the address at which the target is written";

function errorOf(reason: FindingReason, step: FindingStep, message: string): Fault {
  return { reason, step, severity: "error", message, remedy: remedyOf(reason) };
}

/** Keys that count as empty, and a certificate that ends. */
function secretFaults(entry: ApplicationEntry, { readSecret, now }: EntrySurroundings): readonly Fault[] {
  const credentials = entryCredentials(entry);
  const secret = credentials?.secretName ? readSecret(credentials.secretName) : undefined;
  if (!credentials || secret?.kind !== "found") return [];
  const { type, secretName } = credentials;
  const { data } = secret;
  const expected = expectedKeys(type, data);
  const missing = expected.filter((key) => !data.has(key));
  const certificates = expected.includes("crt")
    ? certificateFaults(secretName, secretValue(data, "crt"), now)
    : [];
  return [...missing.map((key) => missingKey(secretName, key)), ...certificates];
}

function missingKey(secretName: string, key: string): Fault {
  return {
    reason: "SecretKeyMissing",
    step: "secret",
    severity: "warning",
    message: `secret '${secretName}' has no key '${key}', which counts as empty`,
    remedy: remedyOf("SecretKeyMissing"),
  };
}

/** Authorities of `ca-bundle` that end; what is no bundle at all has broken the API. */
function bundleFaults({ settings }: CompiledApi, { readSecret, now }: EntrySurroundings): readonly Fault[] {
  const { caBundle } = settings;
  const bundle = caBundle === undefined ? undefined : readBundle(caBundle, readSecret);
  return caBundle === undefined || !bundle || "kind" in bundle ? [] : authorityFaults(caBundle, bundle, now);
}

/** Endpoints that are written as an address which is refused; what a name resolves to is seen when it is called. */
function endpointFaults(
  entry: ApplicationEntry,
  { tls, provider, csrf }: CompiledApi,
  { policy }: EntrySurroundings,
): readonly Fault[] {
  const own = tls.trust?.policy ?? policy;
  const credentials = entryCredentials(entry);
  const isRefused = (written: string | undefined) => {
    const url = parseTargetUrl(written ?? "");
    return !("kind" in url) && own.refusesWritten(url);
  };
  return [
    ...(provider.fetches && isRefused(credentials?.authenticationUrl)
      ? [endpointRefused("token", "token")]
      : []),
    ...(csrf && isRefused(credentials?.csrfInfo?.tokenEndpointURL) ? [endpointRefused("CSRF", "csrf")] : []),
  ];
}

function endpointRefused(what: string, step: FindingStep): Fault {
  const message = `the egress policy refuses the address at which the ${what} endpoint is written`;
  return errorOf("EndpointRefused", step, message);
}

/** CSRF exists only together with credentials (gateway spec §6.1). */
function csrfFaults(entry: ApplicationEntry, { csrf }: CompiledApi): readonly Fault[] {
  if (csrf || !entryCredentials(entry)?.csrfInfo?.tokenEndpointURL) return [];
  return [
    {
      reason: "CsrfIgnored",
      step: "csrf",
      severity: "warning",
      message: "csrfInfo is ignored, because there are no credentials",
      remedy: remedyOf("CsrfIgnored"),
    },
  ];
}
