import assert from "node:assert/strict";
import { test } from "node:test";
import { StaleConnection } from "../../../src/outbound/stale-connection.ts";
import { TransportError, type TransportProblem } from "../../../src/outbound/transport-error.ts";
import { EgressRefused } from "../../../src/outbound/pinned-lookup.ts";
import { isLostConnection, transportReason } from "../../../src/outbound/transport-reason.ts";

/** An error as Node throws it, with an address in its message. */
function systemError(code: string, message = `connect ${code} 10.1.2.3:8443`): Error {
  return Object.assign(new Error(message), { code, address: "10.1.2.3" });
}

const problems: Readonly<Record<TransportProblem, string>> = {
  CONNECT_TIMEOUT: "connecting took too long",
  PROXY_REFUSED: "the proxy refused the connection",
  HEAD_TOO_LARGE: "the headers of the answer are too large",
  MALFORMED_ANSWER: "the answer is not HTTP",
  ANSWER_TOO_SHORT: "connection closed before the answer was complete",
  CLOSED_BEFORE_ANSWER: "connection closed before the answer was complete",
  REQUEST_LENGTH_MISMATCH: "the request's body is longer or shorter than it says",
  UNSENDABLE_REQUEST: "the request holds characters that cannot be sent",
  NO_HTTP2: "the server does not speak HTTP/2",
  NOT_PROCESSED: "the server refused to process the request",
  STREAM_RESET: "the stream was reset",
  PING_TIMEOUT: "the connection does not answer any more",
  CONNECTIONS_CLOSED: "the gateway is being stopped",
};

for (const [code, reason] of Object.entries(problems)) {
  test(`transport reason - ${code}: ${reason}`, () => {
    assert.equal(transportReason(new TransportError(code as TransportProblem, "detail")), reason);
  });
}

for (const [code, reason] of [
  ["ECONNREFUSED", "connection refused"],
  ["ECONNRESET", "connection reset"],
  ["EPIPE", "connection reset"],
  ["ENOTFOUND", "host name not found"],
  ["EAI_AGAIN", "host name could not be resolved"],
  ["ETIMEDOUT", "connecting took too long"],
  ["EHOSTUNREACH", "host unreachable"],
  ["ENETUNREACH", "network unreachable"],
  ["ERR_TLS_CERT_ALTNAME_INVALID", "the server's certificate is for another host name"],
  ["ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED", "the server requires a client certificate"],
  ["ERR_SSL_WRONG_VERSION_NUMBER", "TLS handshake failed (ERR_SSL_WRONG_VERSION_NUMBER)"],
  ["EMFILE", "the request could not be sent (EMFILE)"],
] as const) {
  test(`transport reason - ${code}: ${reason}`, () => {
    assert.equal(transportReason(systemError(code)), reason);
  });
}

test("transport reason - what is wrong with a certificate is told in OpenSSL's words", () => {
  const expired = systemError("CERT_HAS_EXPIRED", "certificate has expired");
  assert.equal(transportReason(expired), "certificate has expired");
});

test("transport reason - several attempts count as the first, a wrapped error as its cause", () => {
  const several = new AggregateError([systemError("ECONNREFUSED"), systemError("ENETUNREACH")], "");
  assert.equal(transportReason(several), "connection refused");
  assert.equal(transportReason(new Error("x", { cause: systemError("ENOTFOUND") })), "host name not found");
});

test("transport reason - the egress policy is named, the address is not", () => {
  assert.equal(transportReason(new EgressRefused("metadata.test")), "the egress policy refuses the address");
});

test("transport reason - whatever else was thrown, nothing of it is told", () => {
  for (const thrown of [new Error("10.1.2.3 said hush"), "10.1.2.3", undefined, { code: "X" }]) {
    assert.equal(transportReason(thrown), "the request could not be sent");
  }
});

test("transport reason - a connection is lost when it was reset, or closed after it had been kept", () => {
  const closed = new TransportError("CLOSED_BEFORE_ANSWER", "detail");
  assert.equal(isLostConnection(new StaleConnection(closed)), true);
  assert.equal(isLostConnection(systemError("ECONNRESET")), true);
  assert.equal(isLostConnection(systemError("EPIPE")), true);
  assert.equal(isLostConnection(closed), false);
  assert.equal(isLostConnection(systemError("ECONNREFUSED")), false);
  assert.equal(isLostConnection(undefined), false);
});

test("transport reason - Node's advice about a flag of its own is not passed on", () => {
  const advice =
    "self-signed certificate; if the root CA is installed locally, try running Node.js with --use-system-ca";
  assert.equal(
    transportReason(systemError("DEPTH_ZERO_SELF_SIGNED_CERT", advice)),
    "self-signed certificate",
  );
});
