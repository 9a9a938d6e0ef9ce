import assert from "node:assert/strict";
import { test } from "node:test";
import { isCertificateAlert, transportRemedy } from "../../../../src/gateway/check/transport-remedy.ts";

test("check remedies - what a server says of a client certificate leads to it, in every version's words", () => {
  const alerts = [
    "ERR_SSL_TLSV1_ALERT_UNKNOWN_CA",
    "ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE",
    "ERR_SSL_SSL/TLS_ALERT_BAD_CERTIFICATE",
    "ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED",
    "ERR_SSL_SSLV3_ALERT_CERTIFICATE_REVOKED",
    "ERR_SSL_TLSV1_ALERT_ACCESS_DENIED",
  ];
  for (const code of alerts) {
    assert.equal(isCertificateAlert(code), true, code);
    assert.match(transportRemedy(code), /client certificate/, code);
  }
  assert.equal(isCertificateAlert("ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED"), true);
  assert.equal(isCertificateAlert("ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE"), false);
});

test("check remedies - each kind of failure has its own, and any other leads to the target's log", () => {
  assert.match(transportRemedy("UNABLE_TO_VERIFY_LEAF_SIGNATURE"), /ca-bundle/);
  assert.match(transportRemedy("DEPTH_ZERO_SELF_SIGNED_CERT"), /ca-bundle/);
  assert.match(transportRemedy("ERR_SSL_WRONG_VERSION_NUMBER"), /versions of TLS/);
  assert.match(transportRemedy("ERR_TLS_CERT_ALTNAME_INVALID"), /server-name/);
  assert.match(transportRemedy("NO_HTTP2"), /target-protocol/);
  assert.equal(transportRemedy("EPIPE"), "Look at the log of the target.");
});
