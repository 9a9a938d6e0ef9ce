import {
  credentialFailures,
  credentialFailureText,
  type CredentialFailure,
  type CredentialFailureCode,
} from "../credentials/failures.ts";
import type { BrokenApi } from "./compiled.ts";
import { snapshotFailures } from "./failures.ts";
import { remedyOf, type Fault, type FindingReason, type FindingStep } from "./finding.ts";

type Code = keyof typeof snapshotFailures | CredentialFailureCode;
type Row = readonly [reason: FindingReason, step: FindingStep];

/** What of the failures that calls are answered with shows in the configuration alone. */
const ROWS: Partial<Readonly<Record<Code, Row>>> = {
  SNAPSHOT_TARGET_UNPARSABLE: ["TargetUrlInvalid", "settings"],
  SNAPSHOT_TARGET_UNUSABLE: ["TargetUrlInvalid", "settings"],
  SNAPSHOT_SETTING_INVALID: ["SettingInvalid", "settings"],
  SNAPSHOT_CA_BUNDLE_UNUSABLE: ["CertificateBundleUnusable", "settings"],
  CREDENTIALS_SECRET_NOT_FOUND: ["SecretNotFound", "secret"],
  CREDENTIALS_SECRET_UNREADABLE: ["SecretInvalid", "secret"],
  CREDENTIALS_SECRET_INVALID: ["SecretInvalid", "secret"],
  CREDENTIALS_HEADERS_INVALID: ["SecretInvalid", "secret"],
  CREDENTIALS_QUERY_PARAMETERS_INVALID: ["SecretInvalid", "secret"],
  CREDENTIALS_TYPE_UNKNOWN: ["CredentialTypeUnknown", "settings"],
  CREDENTIALS_CERTIFICATE_INVALID: ["CertificateInvalid", "secret"],
  CREDENTIALS_TOKEN_CERTIFICATE_INVALID: ["CertificateInvalid", "secret"],
  CREDENTIALS_TOKEN_ASSERTION_INVALID: ["CertificateInvalid", "secret"],
  CREDENTIALS_TOKEN_URL_INVALID: ["TokenUrlInvalid", "settings"],
  // Without a call the endpoint is known to be unreachable where its URL names none.
  CREDENTIALS_TOKEN_UNREACHABLE: ["TokenUrlInvalid", "settings"],
  CREDENTIALS_TOKEN_NOT_ISSUED: ["TokenUrlInvalid", "settings"],
  CREDENTIALS_CSRF_URL_INVALID: ["CsrfUrlInvalid", "settings"],
  CREDENTIALS_CSRF_UNREACHABLE: ["CsrfUrlInvalid", "settings"],
};

const OTHERWISE: Row = ["SecretInvalid", "secret"];

/** Why an entry was not compiled. */
export function faultOfBroken({ code, message }: BrokenApi): Fault {
  const [reason, step] = ROWS[code as Code] ?? OTHERWISE;
  const definitions: Readonly<Record<string, { readonly remedy: string }>> = {
    ...snapshotFailures,
    ...credentialFailures,
  };
  const remedy = definitions[code]?.remedy ?? remedyOf(reason);
  return { reason, step, severity: "error", message, remedy };
}

/** Why the credentials of an entry cannot be had, whoever asks. */
export function faultOfCredentials(failure: CredentialFailure): Fault {
  const [reason, step] = ROWS[failure.code] ?? OTHERWISE;
  // What the tables advise for an endpoint that does not answer does not fit one that is none.
  const remedy = step === "settings" ? remedyOf(reason) : credentialFailures[failure.code].remedy;
  return { reason, step, severity: "error", message: credentialFailureText(failure), remedy };
}
