interface ReasonRow {
  readonly type: "Normal" | "Warning";
  /** The part that sees it. */
  readonly component: string;
  /** What has happened, for the table of the reference. */
  readonly meaning: string;
  /** What the reader of it can do; undefined where there is nothing to be done. */
  readonly remedy?: string;
}

/**
 * Every reason of a notice, with who gives it and what it means. A reason is never given another meaning: people write
 * alerts for it.
 */
export const noticeReasons = {
  AccessTokenRefused: {
    type: "Warning",
    component: "admin",
    meaning: "a token that has ended or was revoked was shown to the admin API",
    remedy: "find who still uses it, and give them a new one: `appconn access create`",
  },
  CertificateExpired: {
    type: "Warning",
    component: "gateway",
    meaning: "the client certificate in a Secret has ended, or does not count yet",
    remedy: "put a new certificate and its key into `crt` and `key` of the Secret",
  },
  CertificateExpiring: {
    type: "Warning",
    component: "gateway",
    meaning: "the client certificate in a Secret ends within two weeks",
    remedy: "put a new certificate and its key into `crt` and `key` of the Secret in time",
  },
  CertificateInvalid: {
    type: "Warning",
    component: "gateway",
    meaning: "a Secret holds no usable certificate or key",
    remedy: "put a PEM certificate (leaf first) and its unencrypted PEM key into the Secret",
  },
  CertificateBundleUnusable: {
    type: "Warning",
    component: "gateway",
    meaning: "the Secret of the annotation `ca-bundle` holds no authorities, so that the API is not called",
    remedy: "put PEM certificates into the key `ca.crt` of the Secret",
  },
  CredentialTypeUnknown: {
    type: "Warning",
    component: "gateway",
    meaning: "the type of an API's credentials is none of those that there are",
    remedy: "use Basic, OAuth, OAuthWithCert, CertificateGen, ApiKey or NoAuth; the case matters",
  },
  CsrfIgnored: {
    type: "Warning",
    component: "gateway",
    meaning: "an API has csrfInfo but no credentials, so that no CSRF token is fetched",
    remedy: "give the API credentials, or remove csrfInfo",
  },
  CsrfUrlInvalid: {
    type: "Warning",
    component: "gateway",
    meaning: "the URL of a CSRF endpoint cannot be called as it is written",
    remedy: "correct csrfInfo.tokenEndpointURL in the Application",
  },
  DuplicateName: {
    type: "Warning",
    component: "gateway",
    meaning: "several APIs answer to one path, so that it leads to none of them",
    remedy: "give each service a display name, and each of its APIs a name, that no other has",
  },
  EndpointRefused: {
    type: "Warning",
    component: "gateway",
    meaning: "the egress policy refuses the address at which an API's token or CSRF endpoint is written",
    remedy: "check outbound.deniedNetworks and the annotation address-policy",
  },
  FindingsResolved: {
    type: "Normal",
    component: "gateway",
    meaning: "what was found to be wrong with an Application has been put right",
  },
  SecretInvalid: {
    type: "Warning",
    component: "gateway",
    meaning: "a Secret that an API needs cannot be used as it is",
    remedy: "correct the key that the message names (docs/reference/credentials.md)",
  },
  SecretKeyMissing: {
    type: "Warning",
    component: "gateway",
    meaning:
      "a Secret lacks a key that its type of credentials needs, and an empty value is sent in its place",
    remedy: "add the key to the Secret (docs/reference/credentials.md)",
  },
  SecretNotFound: {
    type: "Warning",
    component: "gateway",
    meaning: "a Secret that an API needs does not exist, so that the API is not called",
    remedy: "create the Secret in the credentials namespace, or correct its name in the Application",
  },
  SettingInvalid: {
    type: "Warning",
    component: "gateway",
    meaning: "an annotation has a value that is none, so that what it is for is not called",
    remedy: "correct or remove the annotation (docs/reference/application-settings.md)",
  },
  SettingUnknown: {
    type: "Warning",
    component: "gateway",
    meaning: "an annotation names no setting, or an API that there is not, and so has no effect",
    remedy: "correct or remove the annotation (docs/reference/application-settings.md)",
  },
  TargetRefused: {
    type: "Warning",
    component: "gateway",
    meaning: "the egress policy refuses the address at which a target is written",
    remedy: "check outbound.deniedNetworks and the annotation address-policy",
  },
  TargetUrlInvalid: {
    type: "Warning",
    component: "gateway",
    meaning: "the URL of a target cannot be called as it is written",
    remedy: "write targetUrl with http:// or https:// and a host",
  },
  TokenUrlInvalid: {
    type: "Warning",
    component: "gateway",
    meaning: "the URL of a token endpoint cannot be called as it is written",
    remedy: "correct authenticationUrl in the Application",
  },
} as const satisfies Readonly<Record<string, ReasonRow>>;

export type NoticeReason = keyof typeof noticeReasons;
