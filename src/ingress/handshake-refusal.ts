import type { HandshakeRefusal } from "../telemetry/channels.ts";

/** Codes of OpenSSL's verification, as `authorizationError` gives them. */
const VERIFICATION: Readonly<Record<string, HandshakeRefusal>> = {
  CERT_HAS_EXPIRED: "certificate-expired",
  CERT_NOT_YET_VALID: "certificate-not-yet-valid",
  INVALID_PURPOSE: "certificate-purpose",
  UNABLE_TO_GET_ISSUER_CERT: "certificate-untrusted",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "certificate-untrusted",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "certificate-untrusted",
  DEPTH_ZERO_SELF_SIGNED_CERT: "certificate-untrusted",
  SELF_SIGNED_CERT_IN_CHAIN: "certificate-untrusted",
  CERT_UNTRUSTED: "certificate-untrusted",
};

/** Codes of the TLS layer. */
const TLS: Readonly<Record<string, HandshakeRefusal>> = {
  ERR_SSL_PEER_DID_NOT_RETURN_A_CERTIFICATE: "certificate-missing",
  ERR_SSL_UNSUPPORTED_PROTOCOL: "protocol-version",
  ERR_SSL_UNKNOWN_PROTOCOL: "protocol-version",
  ERR_SSL_VERSION_TOO_LOW: "protocol-version",
  ERR_SSL_WRONG_VERSION_NUMBER: "protocol-version",
  ERR_SSL_NO_SHARED_CIPHER: "no-common-algorithm",
  ERR_SSL_NO_SHARED_SIGNATURE_ALGORITHMS: "no-common-algorithm",
  ERR_SSL_NO_SUITABLE_GROUPS: "no-common-algorithm",
  ERR_SSL_NO_APPLICATION_PROTOCOL: "no-common-application-protocol",
  ERR_TLS_HANDSHAKE_TIMEOUT: "timeout",
  ECONNRESET: "client-left",
  EPIPE: "client-left",
};

/**
 * Why a handshake came to nothing. For an untrusted certificate Node reports a mere hang-up, and the reason
 * stands in `authorizationError`.
 */
export function handshakeRefusal(
  code: string | undefined,
  verification: string | undefined,
): HandshakeRefusal {
  if (verification) return VERIFICATION[verification] ?? "certificate-invalid";
  if (code === undefined) return "malformed";
  // An alert from the client: nearly always that it does not trust our certificate.
  return TLS[code] ?? (code.includes("_ALERT_") ? "client-refused" : "malformed");
}
