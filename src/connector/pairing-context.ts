import { subdomainProblems } from "../core/resources/name-rules.ts";
import { checkSubjectFields, type SubjectFields } from "../pki/subject-fields.ts";
import type { PairingPurpose } from "../stores/pairing-records.ts";

/** For whom a token or a certificate is. */
export interface PairingContext {
  readonly purpose: PairingPurpose;
  /** Empty for a runtime. */
  readonly application: string;
  /** Both in central mode, else none. */
  readonly tenant: string | undefined;
  readonly group: string | undefined;
}

/** Common name of runtimes, which no Application can have. */
export const RUNTIME_NAME = "*Runtime*";

/** X.520 ub-common-name: OpenSSL puts no longer one into a request. */
const LONGEST_NAME = 64;

export function certificateNameOf({ purpose, application }: PairingContext): string {
  return purpose === "runtime" ? RUNTIME_NAME : application;
}

/** What the certificate says beside its common name: in central mode the tenant and the group. */
export function subjectFieldsOf({ tenant, group }: PairingContext, configured: SubjectFields): SubjectFields {
  if (tenant === undefined || group === undefined) return configured;
  return { ...configured, organization: tenant, organizationalUnit: group };
}

/** Why an Application may not have this name, undefined where it may. The text does not repeat it. */
export function applicationNameProblem(name: string): string | undefined {
  if (name.length > LONGEST_NAME) return `it has more than ${LONGEST_NAME} characters`;
  return subdomainProblems(name).length === 0
    ? undefined
    : "it is not made of small letters, digits, hyphens and dots, with a letter or digit around each dot and at both ends";
}

/** Why tenant and group cannot stand in a subject that clients split at `,` and `=`. */
export function tenantProblem(tenant: string, group: string): string | undefined {
  // oxlint-disable-next-line no-control-regex -- what is not plain ASCII reads differently in different places
  if (/[^\x20-\x7e]/.test(tenant + group)) return "it has other characters than ASCII";
  return checkSubjectFields({
    country: "DE",
    organization: tenant,
    organizationalUnit: group,
    locality: "-",
    province: "-",
  });
}
