import { formatText } from "../core/failures.ts";
import { normaliseName, serviceSegment } from "../core/names.ts";
import {
  isInvalidSetting,
  type InvalidSetting,
  type SettingAnnotations,
} from "../core/resources/api-settings/setting-annotations.ts";
import type { Application, ApplicationEntry, ApplicationService } from "../core/resources/application.ts";
import { entryCredentials } from "../core/resources/entry-credentials.ts";
import { withoutUserInformation, type TargetUrlProblem } from "../core/target-url.ts";
import type { Credentials } from "../credentials/credentials.ts";
import {
  credentialFailures,
  credentialFailureText,
  isCredentialFailure,
  type CredentialFailure,
} from "../credentials/failures.ts";
import type { ReadSecret } from "../credentials/find-secret.ts";
import type { EgressPolicy } from "../outbound/egress-policy.ts";
import type { TlsIdentity } from "../outbound/tls-identity.ts";
import { AllowedCallers } from "./allowed-callers.ts";
import type { LimitRegistry } from "./call-limits.ts";
import { compileTarget } from "./compile-target.ts";
import { compileTrust, type UnusableBundle } from "./compile-trust.ts";
import type { ApiIdentity, BrokenApi, CompiledApi } from "./compiled.ts";
import { snapshotFailures } from "./failures.ts";

export interface CompileContext {
  readonly credentials: Credentials;
  readonly policy: EgressPolicy;
  readonly limits: LimitRegistry;
  /** Whether a Secret is of use only to the Application that it belongs to (gateway spec §19); false by default. */
  readonly requireOwnSecrets?: boolean;
  /** What an operator should know about an Application, without secrets. */
  readonly warn: (application: string, message: string) => void;
}

/** One API entry in its place. */
export interface EntrySource {
  readonly application: Application;
  readonly service: ApplicationService;
  readonly entry: ApplicationEntry;
  /** Position of the entry in the service; tells entries without a name apart. */
  readonly index: number;
  /** What the Application's annotations set. */
  readonly annotations: SettingAnnotations;
}

/**
 * Compiles one API entry: first the settings, which the original lacks, then in the order in which it looks:
 * credentials, request parameters, target URL (gateway spec §4.1), so that an entry with several faults is
 * answered with the same one.
 */
export function compileApi(
  source: EntrySource,
  readSecret: ReadSecret,
  context: CompileContext,
): CompiledApi | BrokenApi {
  const { application, service, entry } = source;
  const identity = identityOf(source);
  const settings = source.annotations.for(identity);
  if (isInvalidSetting(settings)) return brokenSetting(identity, settings);
  const targetUrl = entry.targetUrl ?? "";
  const skipVerify = application.spec?.skipVerify ?? false;
  const tls = compileTrust({ settings, targetUrl, verify: !skipVerify }, readSecret, context.policy);
  if ("cause" in tls) return brokenBundle(identity, tls);
  const compiled = context.credentials.compile(credentialSource(source, tls), readSecret);
  if (isCredentialFailure(compiled)) return brokenCredentials(identity, compiled);
  for (const warning of compiled.warnings) context.warn(identity.application, warning);
  const { requestParametersSecretName } = entry;
  const parameters = context.credentials.compileParameters(
    service.name,
    requestParametersSecretName,
    readSecret,
  );
  if (isCredentialFailure(parameters)) return brokenCredentials(identity, parameters);
  const policy = tls.trust?.policy ?? context.policy;
  const target = compileTarget(targetUrl, {
    // Decision D5: a store without the CRD's default means true.
    encodeUrl: application.spec?.encodeUrl ?? true,
    refuses: (host) => policy.refusesWritten(host),
  });
  if (target.kind !== "target") return brokenTarget(identity, targetUrl, target);
  const { provider, csrf } = compiled;
  const callers = AllowedCallers.of(settings);
  const limits = context.limits.limits({ ...identity, serviceId: service.id }, settings);
  return { kind: "api", identity, target, provider, csrf, parameters, tls, settings, callers, limits };
}

function identityOf({ application, service, entry }: EntrySource): ApiIdentity {
  return Object.freeze({
    application: application.metadata.name,
    service: serviceSegment(service),
    entry: normaliseName(entry.name ?? ""),
  });
}

function credentialSource({ application, service, entry, index }: EntrySource, tls: TlsIdentity) {
  return {
    application: application.metadata.name,
    service: service.name,
    // The position too: two entries may have the same name, and then neither may use the other's CSRF token.
    entry: `${service.id}/${index}/${entry.name ?? ""}`,
    credentials: entryCredentials(entry),
    tls,
  };
}

/** Nothing is guessed: a limit, or who may call, would be taken for absent. */
function brokenSetting(identity: ApiIdentity, { annotation, expected }: InvalidSetting): BrokenApi {
  const code = "SNAPSHOT_SETTING_INVALID";
  const { status, text } = snapshotFailures[code];
  const message = formatText(text, [annotation, expected]);
  return { kind: "broken", identity, code, status, message, category: "config" };
}

function brokenBundle(identity: ApiIdentity, { secretName, cause }: UnusableBundle): BrokenApi {
  const code = "SNAPSHOT_CA_BUNDLE_UNUSABLE";
  const { status, text } = snapshotFailures[code];
  const message = formatText(text, [secretName, cause]);
  return { kind: "broken", identity, code, status, message, category: "config" };
}

function brokenCredentials(identity: ApiIdentity, failure: CredentialFailure): BrokenApi {
  const { status } = credentialFailures[failure.code];
  const message = credentialFailureText(failure);
  return { kind: "broken", identity, code: failure.code, status, message, category: failure.step };
}

function brokenTarget(identity: ApiIdentity, targetUrl: string, problem: TargetUrlProblem): BrokenApi {
  const code = problem.kind === "unparsable" ? "SNAPSHOT_TARGET_UNPARSABLE" : "SNAPSHOT_TARGET_UNUSABLE";
  const { status, text } = snapshotFailures[code];
  const message = formatText(text, [withoutUserInformation(targetUrl), problem.cause]);
  return { kind: "broken", identity, code, status, message, category: "config" };
}
