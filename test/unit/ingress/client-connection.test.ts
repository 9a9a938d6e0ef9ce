import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { test } from "node:test";
import type { TLSSocket } from "node:tls";
import { ClientConnection } from "../../../src/ingress/client-connection.ts";
import { ClientTrust } from "../../../src/ingress/client-trust.ts";
import { KnownCertificates } from "../../../src/ingress/known-certificates.ts";
import { TestAuthority } from "../../doubles/certificates.ts";

test("client connection - a certificate that Node did not authorise counts as none, and none is refused", async () => {
  const authority = await TestAuthority.create();
  const certificate = new X509Certificate((await authority.client("shop")).crt);
  const admission = { trust: new ClientTrust([authority.crt]), revoked: () => false, now: Date.now() };
  const refusalOf = (socket: Pick<TLSSocket, "authorized" | "getPeerX509Certificate">) =>
    new ClientConnection(socket as TLSSocket, new KnownCertificates()).refusal(admission, false)?.code;
  const shown = () => certificate;
  assert.equal(refusalOf({ authorized: true, getPeerX509Certificate: shown }), undefined);
  assert.equal(
    refusalOf({ authorized: false, getPeerX509Certificate: shown }),
    "INGRESS_CERTIFICATE_MISSING",
  );
  // What a resumed session looks like (nodejs/node#35317).
  const none = () => undefined;
  assert.equal(refusalOf({ authorized: true, getPeerX509Certificate: none }), "INGRESS_CERTIFICATE_MISSING");
});
