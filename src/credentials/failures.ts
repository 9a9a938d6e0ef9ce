import { defineFailures, formatText, type FailureDefinition } from "../core/failures.ts";

/** What stands in `X-Gateway-Error` for a credential that could not be had. */
type Step = "token" | "csrf" | "config" | "policy" | "request";

const UNREACHABLE = "failed to make a request to '%s': %s";
const NOT_ISSUED = "Failed to get token: Failed to fetch token, possible certificate problem: %s";
const NOT_ALLOWED_REMEDY =
  "Check what the endpoint's host name resolves to, and outbound.deniedNetworks. Metadata addresses must be written as an address.";
const REFUSED = "incorrect response code '%s' while getting token from %s";
const URL_INVALID = "failed to create token request: %s";

/**
 * What goes wrong between a Secret and an injected credential. Texts and statuses are those of the
 * original (gateway spec §15), because clients and runbooks match on them.
 */
export const credentialFailures = defineFailures({
  CREDENTIALS_SECRET_NOT_FOUND: {
    status: 500,
    actor: "operator",
    category: "config",
    text: "failed to read API for %s service, secret '%s' not found",
    remedy: "Create the Secret in the credentials namespace, or correct secretName in the Application.",
  },
  CREDENTIALS_SECRET_UNREADABLE: {
    status: 500,
    actor: "operator",
    category: "config",
    text: "failed to read API for %s service, failed to get '%s' secret, %s",
    remedy: "Give the entry a secretName, and make sure that the gateway may read the Secret.",
  },
  CREDENTIALS_SECRET_INVALID: {
    status: 500,
    actor: "operator",
    category: "config",
    text: "failed to read API for %s service, secret '%s' is invalid: %s",
    remedy:
      "Correct the key that the text names (docs/reference/credentials.md); `echo -n` writes no line break at the end.",
  },
  CREDENTIALS_TYPE_UNKNOWN: {
    status: 500,
    actor: "operator",
    category: "config",
    text: "failed to read API for %s service, unknown credentials type '%s'",
    remedy: "Use Basic, OAuth, OAuthWithCert, CertificateGen, ApiKey or NoAuth; the case matters.",
  },
  CREDENTIALS_HEADERS_INVALID: {
    status: 500,
    actor: "operator",
    category: "config",
    text: "failed to read API for %s service, Failed to unmarshal headers, %s",
    remedy: 'Write `headers` in the Secret as JSON like {"X-Api-Key":["value"]}.',
  },
  CREDENTIALS_QUERY_PARAMETERS_INVALID: {
    status: 500,
    actor: "operator",
    category: "config",
    text: "failed to read API for %s service, Failed to unmarshal query parameters, %s",
    remedy: 'Write `queryParameters` in the Secret as JSON like {"sap-language":["EN"]}.',
  },
  CREDENTIALS_CERTIFICATE_INVALID: {
    status: 500,
    actor: "operator",
    category: "config",
    text: "Failed to prepare certificate, %s",
    remedy:
      "Put a PEM certificate (leaf first) and its unencrypted PEM key into `crt` and `key` of the Secret.",
  },
  CREDENTIALS_TOKEN_CERTIFICATE_INVALID: {
    status: 500,
    actor: "operator",
    category: "config",
    text: "Failed to get token: Failed to prepare certificate, %s",
    remedy:
      "Put a PEM certificate (leaf first) and its unencrypted PEM key into `crt` and `key` of the Secret.",
  },
  CREDENTIALS_TOKEN_ASSERTION_INVALID: {
    status: 500,
    actor: "operator",
    category: "config",
    text: "Failed to get token: Failed to prepare client assertion, %s",
    remedy:
      "Put an unencrypted PEM key (RSA of 2048 bits, EC or Ed25519) into `key` of the Secret, and its certificate into `crt` or none.",
  },
  CREDENTIALS_TOKEN_URL_INVALID: {
    status: 500,
    actor: "operator",
    category: "config",
    text: URL_INVALID,
    remedy: "Correct authenticationUrl in the Application.",
  },
  CREDENTIALS_TOKEN_UNREACHABLE: {
    status: 502,
    actor: "provider",
    category: "token",
    text: UNREACHABLE,
    remedy: "Check that the token endpoint is up, reachable and trusted from the gateway.",
  },
  CREDENTIALS_TOKEN_REFUSED: {
    status: 502,
    actor: "operator",
    category: "token",
    text: REFUSED,
    remedy:
      "Check clientId and clientSecret (or key and crt) in the Secret, and the log of the identity provider.",
  },
  CREDENTIALS_TOKEN_UNREADABLE: {
    status: 502,
    actor: "provider",
    category: "token",
    text: "failed to read token response body from '%s': %s",
    remedy: "Look at the log of the identity provider: its answer broke off or never ended.",
  },
  CREDENTIALS_TOKEN_MALFORMED: {
    status: 502,
    actor: "provider",
    category: "token",
    text: "failed to unmarshal token response body: %s",
    remedy: "Check that authenticationUrl is the token endpoint itself and answers JSON (RFC 6749 §5.1).",
  },
  CREDENTIALS_TOKEN_MISSING: {
    status: 502,
    actor: "provider",
    category: "token",
    text: "token response has no access_token",
    remedy:
      "Check that authenticationUrl is the token endpoint itself, and the log of the identity provider.",
  },
  CREDENTIALS_TOKEN_NOT_ISSUED: {
    status: 500,
    actor: "operator",
    category: "token",
    text: NOT_ISSUED,
    remedy: "The end of the text says what failed; check that the identity provider knows the certificate.",
  },
  CREDENTIALS_TOKEN_NOT_ALLOWED: {
    status: 502,
    actor: "operator",
    category: "policy",
    text: UNREACHABLE,
    remedy: NOT_ALLOWED_REMEDY,
  },
  CREDENTIALS_CERTIFICATE_TOKEN_NOT_ALLOWED: {
    status: 500,
    actor: "operator",
    category: "policy",
    text: NOT_ISSUED,
    remedy: NOT_ALLOWED_REMEDY,
  },
  CREDENTIALS_TOKEN_WITHDRAWN: {
    status: 502,
    actor: "caller",
    category: "token",
    text: "the credentials have been replaced or deleted since the call began",
    remedy: "Make the call again: it will use what is configured now.",
  },
  CREDENTIALS_SUBJECT_TOKEN_MISSING: {
    status: 401,
    actor: "caller",
    category: "request",
    text: "the API is called with the caller's own token, and there is none in 'Authorization: Bearer'",
    remedy: "Send your own token as `Authorization: Bearer …`; the gateway exchanges it.",
  },
  CREDENTIALS_SUBJECT_TOKEN_REFUSED: {
    status: 401,
    actor: "caller",
    category: "request",
    text: "the identity provider does not exchange the caller's token: %s",
    remedy:
      "Send a token that is still valid. If none is taken, check the audience of the callers' tokens and what the provider lets this client exchange.",
  },
  CREDENTIALS_CSRF_URL_INVALID: {
    status: 500,
    actor: "operator",
    category: "config",
    text: URL_INVALID,
    remedy: "Correct csrfInfo.tokenEndpointURL in the Application.",
  },
  CREDENTIALS_CSRF_UNREACHABLE: {
    status: 502,
    actor: "target",
    category: "csrf",
    text: UNREACHABLE,
    remedy: "Check that the CSRF endpoint is up, reachable and trusted from the gateway.",
  },
  CREDENTIALS_CSRF_NOT_ALLOWED: {
    status: 502,
    actor: "operator",
    category: "policy",
    text: UNREACHABLE,
    remedy: NOT_ALLOWED_REMEDY,
  },
  CREDENTIALS_CSRF_REFUSED: {
    status: 502,
    actor: "target",
    category: "csrf",
    text: REFUSED,
    remedy: "Check that csrfInfo.tokenEndpointURL answers 200 to a GET with the API's credentials.",
  },
} satisfies Record<string, FailureDefinition & { readonly category: Step }>);

export type CredentialFailureCode = keyof typeof credentialFailures;

/** An expected outcome: the credential could not be had. `values` fill the text and hold no secret. */
export interface CredentialFailure {
  readonly kind: "credential-failure";
  readonly code: CredentialFailureCode;
  readonly values: readonly (string | number)[];
  /** Which step failed, for the `X-Gateway-Error` header. */
  readonly step: Step;
}

export function credentialFailure(
  code: CredentialFailureCode,
  ...values: readonly (string | number)[]
): CredentialFailure {
  return { kind: "credential-failure", code, values, step: credentialFailures[code].category };
}

export function isCredentialFailure(value: object): value is CredentialFailure {
  return "kind" in value && value.kind === "credential-failure";
}

/** The text of a failure, as a caller and a log line have it. */
export function credentialFailureText({ code, values }: CredentialFailure): string {
  return formatText(credentialFailures[code].text, values);
}
