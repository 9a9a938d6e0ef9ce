const PROTOCOL =
  "Correct the annotation appconn.dev/target-protocol: h2 is for targets that speak HTTP/2, http/1.1 for all others, auto leaves the choice to them where there is TLS.";

/** What to do about a connection that fails, by its code. */
const REMEDIES: Readonly<Record<string, string>> = {
  ENOTFOUND: "Correct the host in targetUrl, or make its name known to the resolver of the gateway.",
  EAI_AGAIN: "Check the DNS server that the gateway asks; it gave no answer.",
  EGRESS_REFUSED:
    "Check what the host name resolves to, outbound.deniedNetworks and the annotation address-policy.",
  ECONNREFUSED: "Check that the system is up, and the port in targetUrl: nothing listens there.",
  CONNECT_TIMEOUT: "Check firewalls and routes between the gateway and the target: nothing answers.",
  ETIMEDOUT: "Check firewalls and routes between the gateway and the target: nothing answers.",
  EHOSTUNREACH: "Check firewalls and routes between the gateway and the target.",
  ENETUNREACH: "Check firewalls and routes between the gateway and the target.",
  PROXY_REFUSED: "Check HTTP_PROXY, HTTPS_PROXY and NO_PROXY of the gateway, and the log of the proxy.",
  CERT_HAS_EXPIRED: "Have the target's certificate renewed.",
  CERT_NOT_YET_VALID: "Check the clocks of the target and of the gateway.",
  ERR_TLS_CERT_ALTNAME_INVALID:
    "Call the target by a name that its certificate has, or give that name in the annotation appconn.dev/server-name.",
  ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED:
    "Give the API credentials of type CertificateGen: the target wants a client certificate.",
  NO_HTTP2: PROTOCOL,
  ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL: PROTOCOL,
  MALFORMED_ANSWER:
    "Check scheme and port of targetUrl, and the annotation appconn.dev/target-protocol: what answers there does not speak HTTP/1.1.",
  CLOSED_BEFORE_ANSWER: "Look at the log of the target, and check scheme and port of targetUrl.",
  ECONNRESET: "Look at the log of the target, and check scheme and port of targetUrl.",
};

const TRUST =
  "Put the authority that signed the target's certificate, and those between that the target does not send, into the Secret that the annotation appconn.dev/ca-bundle names.";
export const CERTIFICATE_REMEDY =
  "Check that the target knows the authority of the client certificate, and that the certificate still counts.";
export const NO_HANDSHAKE_REMEDY =
  "Check scheme and port of targetUrl, and the log of the target: the connection was taken, and the TLS handshake was not answered.";
const HANDSHAKE = "Check scheme and port of targetUrl, and which versions of TLS the target speaks.";

/** `code`: of transportCode. */
export function transportRemedy(code: string): string {
  const known = REMEDIES[code];
  if (known !== undefined) return known;
  if (isCertificateAlert(code)) return CERTIFICATE_REMEDY;
  if (/CERT|ISSUER|SIGNATURE/.test(code)) return TRUST;
  return code.startsWith("ERR_SSL") ? HANDSHAKE : "Look at the log of the target.";
}

/** Whether the other end did not take, or missed, a client certificate: under TLS 1.3 it says so after the handshake. */
export function isCertificateAlert(code: string): boolean {
  return /^ERR_SSL_.*ALERT_(BAD_CERTIFICATE|CERTIFICATE|UNKNOWN_CA|ACCESS_DENIED|UNSUPPORTED_CERTIFICATE)/.test(
    code,
  );
}
