import { defineFailures } from "../core/failures.ts";

/** Statuses and texts are the original's (connector spec §§2, 5–7), because clients match on them. */
export const connectorFailures = defineFailures({
  CONNECTOR_NOT_FOUND: {
    status: 404,
    actor: "caller",
    text: "Requested resource could not be found.",
    remedy: "Use the URLs that pairing and management info give; /v1/api.yaml lists all paths.",
  },
  CONNECTOR_METHOD: {
    status: 405,
    actor: "caller",
    text: "Method not allowed.",
    remedy: "The Allow header names the method of this path.",
  },
  CONNECTOR_BAD_PATH: {
    status: 400,
    actor: "caller",
    text: "Path is not accepted: %s.",
    remedy: "Call the path in its plain form, without dot segments, empty segments or escaped separators.",
  },
  CONNECTOR_BAD_REQUEST: {
    status: 400,
    actor: "caller",
    text: "Request cannot be understood: %s.",
    remedy: "Send one HTTP/1.1 request with one Host and one kind of body length.",
  },
  CONNECTOR_BAD_QUERY: {
    status: 400,
    actor: "caller",
    text: "Query is not accepted: %s.",
    remedy: "Give the parameter the value that the message names.",
  },
  CONNECTOR_BODY_TOO_LARGE: {
    status: 413,
    actor: "caller",
    text: "Request body is larger than 64 KiB.",
    remedy: "Send a certificate request alone; none that can be signed is that large.",
  },
  CONNECTOR_BODY_UNFINISHED: {
    status: 408,
    actor: "caller",
    text: "Request body did not arrive in time.",
    remedy: "Send the whole body within 15 seconds; the token can be used again.",
  },
  CONNECTOR_BODY_UNREADABLE: {
    status: 500,
    actor: "caller",
    text: "Error while unmarshalling request body: %s",
    remedy: "Send a JSON object with the certificate request as a text in csr.",
  },
  CONNECTOR_BODY_UNREADABLE_STRICT: {
    status: 400,
    actor: "caller",
    text: "Error while unmarshalling request body: %s",
    remedy: "Send a JSON object with the certificate request as a text in csr.",
  },
  CONNECTOR_NO_APPLICATION_CONTEXT: {
    status: 400,
    actor: "caller",
    text: "Required headers for ApplicationContext not specified.",
    remedy: "Send the header Application, and with connector.central also Tenant and Group.",
  },
  CONNECTOR_NO_CLUSTER_CONTEXT: {
    status: 400,
    actor: "caller",
    text: "Required headers for ClusterContext not specified.",
    remedy: "Send the headers Tenant and Group.",
  },
  CONNECTOR_BAD_NAME: {
    status: 400,
    actor: "caller",
    text: "%s cannot stand in a certificate: %s.",
    remedy:
      "Names of Applications have at most 64 small letters, digits, hyphens and dots; Tenant and Group at most 64 plain characters without , and =.",
  },
  CONNECTOR_TOKEN_FAILED: {
    status: 500,
    actor: "operator",
    text: "%s",
    remedy: "The text is the store's; see its own row.",
  },
  CONNECTOR_TOKEN_MISSING: {
    status: 403,
    actor: "caller",
    text: "Token not provided.",
    remedy: "Use the whole pairing link, with its query.",
  },
  CONNECTOR_TOKEN_INVALID: {
    status: 403,
    actor: "caller",
    text: "Invalid token.",
    remedy: "A token is good once and for a few minutes: ask for a new pairing link.",
  },
  CONNECTOR_TOKEN_UNREADABLE: {
    status: 500,
    actor: "operator",
    text: "Failed to resolve token.",
    remedy: "See the log for what the store says.",
  },
  CONNECTOR_REQUEST_REFUSED: {
    status: 400,
    actor: "caller",
    text: "%s",
    remedy:
      "Send a PKCS #10 request with exactly the subject that signingRequests/info gives; dryRun=true says which attribute differs.",
  },
  CONNECTOR_CA_SECRET_MISSING: {
    status: 404,
    actor: "operator",
    text: "secret %s/%s not found",
    remedy:
      "Create the Secret that connector.caSecret or connector.rootCaSecret names, or unset the setting.",
  },
  CONNECTOR_CA_SECRET_UNREADABLE: {
    status: 500,
    actor: "operator",
    text: "failed to get %s/%s secret, %s",
    remedy: "The text after the comma is the store's; see its own row.",
  },
  CONNECTOR_SIGNING_FAILED: {
    status: 500,
    actor: "operator",
    text: "Error while creating certificate: %s",
    remedy: "Look at the authority of client certificates: GET /v1/ca, or the log.",
  },
  CONNECTOR_CERTIFICATE_NO_HEADER: {
    status: 400,
    actor: "operator",
    text: "Invalid certificate: Certificate header is empty",
    remedy:
      "Call the host that asks for client certificates. A proxy in front must set X-Forwarded-Client-Cert and stand in connector.trustedXfccProxies.",
  },
  CONNECTOR_CERTIFICATE_NO_SUBJECT: {
    status: 400,
    actor: "caller",
    text: "Invalid certificate: Failed to get certificate subject from header.",
    remedy: "Use a certificate that was issued here, with the subject that this installation gives.",
  },
  CONNECTOR_CERTIFICATE_NO_NAME: {
    status: 400,
    actor: "caller",
    text: "Invalid certificate: Empty Common Name in certificate header",
    remedy: "Use a certificate that was issued here.",
  },
  CONNECTOR_CERTIFICATE_INCOMPLETE: {
    status: 400,
    actor: "caller",
    text: "Invalid certificate: Invalid certificate header, one of the values not provided",
    remedy: "Use a certificate with common name, organization and organizational unit.",
  },
  CONNECTOR_CERTIFICATE_NO_HASH: {
    status: 400,
    actor: "operator",
    text: "Invalid certificate: Failed to get certificate hash from header.",
    remedy: "The proxy in front must send Hash=<SHA-256 of the certificate> in X-Forwarded-Client-Cert.",
  },
  CONNECTOR_NOT_AN_APPLICATION: {
    status: 403,
    actor: "caller",
    text: "Failed to extract ApplicationContext from request",
    remedy: "Use the certificate of an Application, or the path for runtimes.",
  },
  CONNECTOR_NOT_A_RUNTIME: {
    status: 403,
    actor: "caller",
    text: "Failed to extract ClusterContext from request",
    remedy: "Use the certificate of a runtime, or the path for Applications.",
  },
  CONNECTOR_REVOCATIONS_UNREAD: {
    status: 500,
    actor: "operator",
    text: "Failed to read revocation list.",
    remedy: "See the log for what the store says; until the list has been read nothing is renewed.",
  },
  CONNECTOR_REVOKED: {
    status: 403,
    actor: "caller",
    text: "Certificate has been revoked.",
    remedy: "Pair the external system again: it needs a new token and gets a new certificate.",
  },
  CONNECTOR_HASH_UNREADABLE: {
    status: 400,
    actor: "caller",
    text: "Error while unmarshalling request body: %s.",
    remedy: "Send a JSON object with the certificate's SHA-256 fingerprint as a text in hash.",
  },
  CONNECTOR_REVOCATION_FAILED: {
    status: 500,
    actor: "operator",
    text: "Unable to mark certificate as revoked: %s.",
    remedy: "The text after the colon is the store's; see its own row.",
  },
  CONNECTOR_UNKNOWN_CERTIFICATE: {
    status: 404,
    actor: "caller",
    text: "%s has no such certificate.",
    remedy: "GET /v1/applications/{name}/certificates lists what was issued.",
  },
  CONNECTOR_LOOKUP_FAILED: {
    status: 500,
    actor: "operator",
    text: "Could not fetch gateway URL. %s",
    remedy: "Look at the service that the file of connector.lookupConfigMapPath names.",
  },
  CONNECTOR_AUTHORITY_REFUSED: {
    status: 409,
    actor: "operator",
    text: "The authority was not changed: %s",
    remedy: "See the row of the text in this page.",
  },
  CONNECTOR_UNAUTHORIZED: {
    status: 401,
    actor: "caller",
    text: "Unauthorized.",
    remedy: "Send the token of connector.internalTokenFile as a bearer token.",
  },
  CONNECTOR_FOREIGN_HOST: {
    status: 421,
    actor: "caller",
    text: "This address serves another host.",
    remedy: "Call the internal API by its address or as localhost, or give it a connector.internalTokenFile.",
  },
  CONNECTOR_UNEXPECTED: {
    status: 500,
    actor: "operator",
    text: "Internal error.",
    remedy: "See the log: it has the error with its causes.",
  },
  CONNECTOR_UNUSABLE_SETTING: {
    status: 500,
    actor: "operator",
    text: "connector.%s cannot be used: %s",
    remedy: "Correct the setting; nothing was started.",
  },
  CONNECTOR_UNPROTECTED: {
    status: 500,
    actor: "operator",
    text: "the internal API may not listen on %s: %s",
    remedy:
      "Bind connector.internalHost to a loopback address. Elsewhere it needs a token in connector.internalTokenFile and TLS, because whoever reaches it can pair as any Application.",
  },
});

export type ConnectorFailureCode = keyof typeof connectorFailures;
