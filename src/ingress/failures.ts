import { defineFailures, formatText } from "../core/failures.ts";

/** What the ingress itself answers, and why it does not start. Texts go into the body of connector spec §2. */
export const ingressFailures = defineFailures({
  INGRESS_CERTIFICATE_REVOKED: {
    status: 403,
    actor: "caller",
    text: "Certificate has been revoked.",
    remedy: "Pair the external system again: it needs a new token and gets a new certificate.",
  },
  INGRESS_CERTIFICATE_EXPIRED: {
    status: 403,
    actor: "caller",
    text: "Certificate has expired.",
    remedy: "Renew certificates before their end; an expired one needs a new pairing.",
  },
  INGRESS_CERTIFICATE_NOT_YET_VALID: {
    status: 403,
    actor: "operator",
    text: "Certificate is not valid yet.",
    remedy: "Compare the clocks of this machine and of the one that issued the certificate.",
  },
  INGRESS_CERTIFICATE_UNTRUSTED: {
    status: 403,
    actor: "caller",
    text: "Certificate was issued by an authority that is not trusted any more.",
    remedy: "Pair the external system again: the authority was replaced since its certificate was issued.",
  },
  INGRESS_CERTIFICATE_PURPOSE: {
    status: 403,
    actor: "caller",
    text: "Certificate is not meant for TLS clients.",
    remedy: "Use a certificate with the extended key usage clientAuth, as pairing gives it.",
  },
  INGRESS_CERTIFICATE_MISSING: {
    status: 403,
    actor: "caller",
    text: "Client certificate is missing.",
    remedy: "Present the client certificate of the external system.",
  },
  INGRESS_REVOCATIONS_UNREAD: {
    status: 500,
    actor: "operator",
    text: "Failed to read revocation list.",
    remedy: "Look at the store: without its list of revoked certificates nobody is let in.",
  },
  INGRESS_BAD_REQUEST: {
    status: 400,
    actor: "caller",
    text: "Request cannot be understood: %s.",
    remedy: "Send one HTTP/1.1 request with one Host and one kind of body length.",
  },
  INGRESS_BAD_PATH: {
    status: 400,
    actor: "caller",
    text: "Path is not accepted: %s.",
    remedy: "Send the path in its plain form, without escaped separators, dot segments or empty segments.",
  },
  INGRESS_FOREIGN_HOST: {
    status: 421,
    actor: "caller",
    text: "This address serves another host.",
    remedy: "Call the host that the pairing's URLs name; ingress.domain decides it.",
  },
  INGRESS_UNKNOWN_PATH: {
    status: 404,
    actor: "caller",
    text: "Requested resource could not be found.",
    remedy: "Use the URLs that pairing and management info give.",
  },
  INGRESS_BODY_TOO_LARGE: {
    status: 413,
    actor: "caller",
    text: "Request body is larger than %s bytes.",
    remedy: "Send less at once, or raise ingress.maxBodySize.",
  },
  INGRESS_TOO_MANY_FAILED_TOKENS: {
    status: 429,
    actor: "caller",
    text: "Too many wrong tokens.",
    remedy:
      "Wait for the seconds in Retry-After, and ask for a new token if the one at hand is not accepted.",
  },
  INGRESS_HEADERS_TOO_LARGE: {
    status: 431,
    actor: "caller",
    text: "Request headers are too large.",
    remedy: "Send fewer or smaller headers, or raise ingress.maxHeaderSize.",
  },
  INGRESS_REQUEST_TIMEOUT: {
    status: 408,
    actor: "caller",
    text: "Request took too long.",
    remedy: "Send the whole request within ingress.requestTimeout.",
  },
  INGRESS_BAD_DOMAIN: {
    status: 500,
    actor: "operator",
    text: "ingress.domain %s is no domain name",
    remedy: "Use the domain below which gateway.{domain} and connector-service.{domain} are published.",
  },
  INGRESS_NO_TRUST: {
    status: 500,
    actor: "operator",
    text: "no authority for client certificates is given: nobody could come in",
    remedy: "Give the ingress the connector's authority, or the bundle of the authorities it used before.",
  },
  INGRESS_INCOMPLETE_TRUST: {
    status: 500,
    actor: "operator",
    text: "the issuer of %s, which is trusted for client certificates, is missing",
    remedy:
      "Add the root of the authority (and what stands between them): without it TLS refuses all its clients.",
  },
  INGRESS_BAD_CERTIFICATE_SETTING: {
    status: 500,
    actor: "operator",
    text: "ingress.certificateFile, ingress.keyFile and ingress.certificateSecret do not fit together",
    remedy: "Give both files, or the Secret, or none of them for a certificate by our own authority.",
  },
  INGRESS_CERTIFICATE_SECRET: {
    status: 500,
    actor: "operator",
    text: "the Secret %s of the ingress' certificate is not there, or lacks tls.crt or tls.key",
    remedy: "Create it before the start: kubectl create secret tls NAME -n NAMESPACE --cert=FILE --key=FILE.",
  },
  INGRESS_SHARED_AUTHORITY: {
    status: 500,
    actor: "operator",
    text: "the authority of the server certificate is also trusted for client certificates",
    remedy: "Use different authorities: every server certificate of this one would pass as a client's.",
  },
});

export type IngressFailureCode = {
  [Code in keyof typeof ingressFailures]: Code;
}[keyof typeof ingressFailures];

/** Why the ingress answers a request itself. */
export interface IngressRefusal {
  readonly code: IngressFailureCode;
  readonly status: number;
  readonly text: string;
  /** Further requests on this connection would meet the same: it ends with the answer. */
  readonly close: boolean;
  /** Seconds, for Retry-After. */
  readonly retryAfter?: number;
}

export function refusal(code: IngressFailureCode, ...values: readonly (string | number)[]): IngressRefusal {
  const { status, text } = ingressFailures[code];
  return { code, status, text: formatText(text, values), close: CLOSING.has(code) };
}

const CLOSING: ReadonlySet<IngressFailureCode> = new Set<IngressFailureCode>([
  "INGRESS_CERTIFICATE_EXPIRED",
  "INGRESS_CERTIFICATE_NOT_YET_VALID",
  "INGRESS_CERTIFICATE_UNTRUSTED",
  "INGRESS_CERTIFICATE_PURPOSE",
  "INGRESS_CERTIFICATE_MISSING",
  "INGRESS_BAD_REQUEST",
  "INGRESS_BODY_TOO_LARGE",
]);
