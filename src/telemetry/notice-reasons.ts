interface ReasonRow {
  readonly type: "Normal" | "Warning";
  /** The part that sees it. */
  readonly component: string;
  /** Kind of the objects that it is about. */
  readonly about: string;
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
    about: "the Applications that the token was for, or the Namespace `default` where it was for all",
    meaning: "a token that has expired or was revoked was shown to the admin API",
    remedy: "find who still uses it, and give them a new one with `appconn access create`",
  },
  AddressRefused: {
    type: "Warning",
    component: "gateway",
    about: "Application",
    meaning: "a call failed since the address of a target or of its token endpoint may not be called",
    remedy:
      "see what the host name resolves to, `outbound.deniedNetworks` and the annotation `appconn.dev/address-policy`",
  },
  AuthorityEnding: {
    type: "Warning",
    component: "connector",
    about: "the Namespace `default`",
    meaning: "the authority of client certificates has less than a fifth of its life left",
    remedy: "rotate it with `appconn ca rotate`, see [the authority](../guides/certificate-authority.md)",
  },
  CertificateBundleExpired: {
    type: "Warning",
    component: "gateway",
    about: "Application",
    meaning: "an authority in the Secret of the annotation `ca-bundle` has ended, or does not count yet",
    remedy:
      "put the authority that followed it beside it into `ca.crt` of the Secret, and take it out when no target needs it any more",
  },
  CertificateBundleExpiring: {
    type: "Warning",
    component: "gateway",
    about: "Application",
    meaning: "an authority in the Secret of the annotation `ca-bundle` ends within two weeks",
    remedy: "put the authority that follows it beside it into `ca.crt` of the Secret in time",
  },
  CertificateBundleUnusable: {
    type: "Warning",
    component: "gateway",
    about: "Application",
    meaning: "the Secret of the annotation `ca-bundle` holds no authorities, so that the API is not called",
    remedy: "put PEM certificates into the key `ca.crt` of the Secret",
  },
  CertificateEnding: {
    type: "Warning",
    component: "connector",
    about: "Application",
    meaning:
      "its newest client certificate has less than a fifth of its life left and was not renewed: at its end the external system does not come in any more",
    remedy: "have the external system renew it, or pair again with `appconn token create`",
  },
  CertificateExpired: {
    type: "Warning",
    component: "gateway",
    about: "Application",
    meaning: "the client certificate in a Secret has ended, or does not count yet",
    remedy: "put a new certificate and its key into `crt` and `key` of the Secret",
  },
  CertificateExpiring: {
    type: "Warning",
    component: "gateway",
    about: "Application",
    meaning: "the client certificate in a Secret ends within two weeks",
    remedy: "put a new certificate and its key into `crt` and `key` of the Secret in time",
  },
  CertificateInvalid: {
    type: "Warning",
    component: "gateway",
    about: "Application",
    meaning: "a Secret holds no usable certificate or key",
    remedy: "put a PEM certificate (leaf first) and its unencrypted PEM key into the Secret",
  },
  CertificateIssued: {
    type: "Normal",
    component: "connector",
    about: "Application",
    meaning: "an external system has paired",
  },
  CertificateRefused: {
    type: "Warning",
    component: "connector",
    about: "Application",
    meaning:
      "an external system that may pair or renew asked for a certificate, and its request was refused for what the message says",
    remedy: "correct the request as the message says; the token is good until it ends",
  },
  CertificateRenewed: {
    type: "Normal",
    component: "connector",
    about: "Application",
    meaning: "an external system has renewed its certificate",
  },
  CertificateRevoked: {
    type: "Warning",
    component: "connector",
    about: "Application",
    meaning:
      "a certificate of it was revoked, by an administrator, by its holder or because the Application was deleted",
    remedy: "pair again with `appconn token create` where the external system is to come in further on",
  },
  CredentialNotObtained: {
    type: "Warning",
    component: "gateway",
    about: "Application",
    meaning: "a call failed since its token or CSRF token could not be fetched",
    remedy:
      "check the address of the endpoint in the Application, and in the Secret the id and the secret of the client; the log of the identity provider says more",
  },
  CredentialTypeUnknown: {
    type: "Warning",
    component: "gateway",
    about: "Application",
    meaning: "the type of an API's credentials is none of those that there are",
    remedy: "use Basic, OAuth, OAuthWithCert, CertificateGen, ApiKey or NoAuth; the case matters",
  },
  CsrfIgnored: {
    type: "Warning",
    component: "gateway",
    about: "Application",
    meaning: "an API has csrfInfo but no credentials, so that no CSRF token is fetched",
    remedy: "give the API credentials, or remove csrfInfo",
  },
  CsrfUrlInvalid: {
    type: "Warning",
    component: "gateway",
    about: "Application",
    meaning: "the URL of a CSRF endpoint cannot be called as it is written",
    remedy: "correct csrfInfo.tokenEndpointURL in the Application",
  },
  DocumentNotValid: {
    type: "Warning",
    component: "documents",
    about: "Application",
    meaning: "a document of one of its services breaks its format, or could not be checked",
    remedy: "see what is wrong with `appconn api docs`, and register the service with a corrected document",
  },
  DuplicateName: {
    type: "Warning",
    component: "gateway",
    about: "Application",
    meaning: "several APIs answer to one path, so that it leads to none of them",
    remedy: "give each service a display name, and each of its APIs a name, that no other has",
  },
  EndpointRefused: {
    type: "Warning",
    component: "gateway",
    about: "Application",
    meaning: "the egress policy refuses the address at which an API's token or CSRF endpoint is written",
    remedy: "check outbound.deniedNetworks and the annotation address-policy",
  },
  HostNameShared: {
    type: "Warning",
    component: "gateway",
    about: "Application",
    meaning:
      "the host name of an Access Service stands for several services: calls by it reach none of them where they are of several Applications, and the last one within one Application",
    remedy:
      "call the service by its path, or give one of the services another id: another Application that has it has the same finding",
  },
  FindingsResolved: {
    type: "Normal",
    component: "gateway",
    about: "Application",
    meaning: "what was found to be wrong with an Application has been put right",
  },
  PairingTokenRefused: {
    type: "Warning",
    component: "connector",
    about: "the Namespace `default`",
    meaning: "a pairing token was shown that is unknown, used or expired",
    remedy: "make a new one with `appconn token create`; the log has who asked",
  },
  SecretInvalid: {
    type: "Warning",
    component: "gateway",
    about: "Application",
    meaning: "a Secret that an API needs cannot be used as it is",
    remedy: "correct the key that the message names (docs/reference/credentials.md)",
  },
  SecretKeyMissing: {
    type: "Warning",
    component: "gateway",
    about: "Application",
    meaning:
      "a Secret lacks a key that its type of credentials needs, and an empty value is sent in its place",
    remedy: "add the key to the Secret (docs/reference/credentials.md)",
  },
  SecretNotFound: {
    type: "Warning",
    component: "gateway",
    about: "Application",
    meaning: "a Secret that an API needs does not exist, so that the API is not called",
    remedy: "create the Secret in the credentials namespace, or correct its name in the Application",
  },
  ServiceCertificateEnding: {
    type: "Warning",
    component: "registry",
    about: "Application",
    meaning:
      "the client certificate that was generated for one of its services has less than a fifth of its life left; nobody renews it by itself",
    remedy:
      "make a new one with `POST /APPLICATION/v1/metadata/services/SERVICE/certificate/rotate` and have the target trust it",
  },
  SettingInvalid: {
    type: "Warning",
    component: "gateway",
    about: "Application",
    meaning: "an annotation has a value that is none, so that what it is for is not called",
    remedy: "correct or remove the annotation (docs/reference/application-settings.md)",
  },
  SettingUnknown: {
    type: "Warning",
    component: "gateway",
    about: "Application",
    meaning: "an annotation names no setting, or an API that there is not, and so has no effect",
    remedy: "correct or remove the annotation (docs/reference/application-settings.md)",
  },
  SpecificationNotFetched: {
    type: "Warning",
    component: "registry",
    about: "Application",
    meaning:
      "the specification of one of its services could not be fetched again by itself, and the former one stays",
    remedy:
      "make the URL that the message names answer without credentials, or register the service with another one",
  },
  TargetLeftAlone: {
    type: "Warning",
    component: "gateway",
    about: "Application",
    meaning:
      "a call was refused since its target has failed several times in a row (annotation `appconn.dev/circuit-breaker`)",
    remedy: "see why the target fails",
  },
  TargetNotReached: {
    type: "Warning",
    component: "gateway",
    about: "Application",
    meaning: "a call failed since its target could not be reached, is not trusted, or did not answer in time",
    remedy: "check that the target is up, reachable and trusted from the gateway",
  },
  TargetRefused: {
    type: "Warning",
    component: "gateway",
    about: "Application",
    meaning: "the egress policy refuses the address at which a target is written",
    remedy: "check outbound.deniedNetworks and the annotation address-policy",
  },
  TargetUrlInvalid: {
    type: "Warning",
    component: "gateway",
    about: "Application",
    meaning: "the URL of a target cannot be called as it is written",
    remedy: "write targetUrl with http:// or https:// and a host",
  },
  TokenUrlInvalid: {
    type: "Warning",
    component: "gateway",
    about: "Application",
    meaning: "the URL of a token endpoint cannot be called as it is written",
    remedy: "correct authenticationUrl in the Application",
  },
  TokenRequestRefused: {
    type: "Warning",
    component: "connector",
    about: "TokenRequest",
    meaning: "no pairing token is made for it, for what the message says",
    remedy: "correct what the message names and make the TokenRequest again",
  },
  UnknownTokenRefused: {
    type: "Warning",
    component: "admin",
    about: "the Namespace `default`",
    meaning:
      "the admin API was shown a token that it does not know, or that was revoked before the last start",
    remedy:
      "where it comes again and again, find who asks: the log of the proxy or firewall in front has the address",
  },
} as const satisfies Readonly<Record<string, ReasonRow>>;

export type NoticeReason = keyof typeof noticeReasons;
