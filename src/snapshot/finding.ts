import { noticeReasons, type NoticeReason } from "../telemetry/notice-reasons.ts";

/** In one word what can be wrong; a word is never given another meaning. */
export const findingReasons = [
  "CertificateBundleExpired",
  "CertificateBundleExpiring",
  "CertificateBundleUnusable",
  "CertificateExpired",
  "CertificateExpiring",
  "CertificateInvalid",
  "CredentialTypeUnknown",
  "CsrfIgnored",
  "CsrfUrlInvalid",
  "DuplicateName",
  "EndpointRefused",
  "HostNameShared",
  "SecretInvalid",
  "SecretKeyMissing",
  "SecretNotFound",
  "SettingInvalid",
  "SettingUnknown",
  "TargetRefused",
  "TargetUrlInvalid",
  "TokenUrlInvalid",
] as const satisfies readonly NoticeReason[];

export type FindingReason = (typeof findingReasons)[number];

/** The first step of a call that cannot be taken, or goes wrong some day. */
export type FindingStep = "name" | "settings" | "secret" | "token" | "csrf" | "policy";

/** What is wrong with a fact of the configuration, as far as it can be told without a call. Nothing in it is secret. */
export interface Fault {
  readonly reason: FindingReason;
  /** `error`: the API cannot be called. `warning`: it can, but not in each way, not for long, or not as was meant. */
  readonly severity: "error" | "warning";
  readonly step: FindingStep;
  /** A sentence; the same for as long as the matter is. */
  readonly message: string;
  /** What to do about it: a sentence. */
  readonly remedy: string;
}

/** A fault, and where it is. */
export interface Finding extends Fault {
  /** undefined where it is about the Application itself. */
  readonly service?: FoundIn;
  /** `entries[].name`; undefined where the entry has none. */
  readonly entry?: string;
}

/** A service, for people and for those who look it up. */
export interface FoundIn {
  readonly id: string;
  readonly displayName: string;
}

/** What the table of reasons says is to be done. */
export function remedyOf(reason: FindingReason): string {
  const { remedy } = noticeReasons[reason];
  return `${remedy.charAt(0).toUpperCase()}${remedy.slice(1)}.`;
}
