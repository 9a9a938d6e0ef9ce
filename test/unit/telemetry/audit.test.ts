import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { adminAuditLine, callAuditLine } from "../../../src/telemetry/audit-line.ts";
import type { AdminWrite } from "../../../src/telemetry/channels.ts";
import { anyText } from "../../doubles/any-text.ts";
import { aFinishedCall } from "../../doubles/finished-call.ts";

const NOW = Date.UTC(2026, 10, 21, 12, 2, 24, 7);

function parsed(changes: Parameters<typeof aFinishedCall>[0]): Record<string, unknown> {
  return JSON.parse(callAuditLine(aFinishedCall(changes), NOW)) as Record<string, unknown>;
}

test("audit - a call says who called which API with which credential and what came of it", () => {
  assert.deepEqual(parsed({ callerIdentity: "spiffe://cluster.local/ns/shop/sa/front" }), {
    time: "2026-11-21T12:02:24.007Z",
    log: "audit",
    event: "call",
    peer: "10.1.2.3",
    identity: "spiffe://cluster.local/ns/shop/sa/front",
    application: "shop",
    service: "orders-api",
    entry: "rest-v1",
    method: "GET",
    path: "/shop/orders-api/orders/42",
    accessToken: false,
    credentialType: "OAuth",
    credentialSecret: "orders-credentials",
    tlsVerified: true,
    status: 200,
    origin: "target",
    requestId: "req-1",
  });
});

test("audit - a call without verification of the certificate shows it", () => {
  assert.equal(parsed({ tlsVerified: false })["tlsVerified"], false);
});

test("audit - a call that reached no target says nothing of a certificate, but why it was refused", () => {
  const record = parsed({ attempts: 0, status: 404, origin: "gateway", failure: "GATEWAY_UNKNOWN_SERVICE" });
  assert.equal("tlsVerified" in record, false);
  assert.equal(record["failure"], "GATEWAY_UNKNOWN_SERVICE");
});

test("audit - a call with a token of its own shows it", () => {
  assert.equal(parsed({ accessToken: true })["accessToken"], true);
});

test("audit - a query never appears", () => {
  assert.equal(parsed({ path: "/shop/orders-api/x?key=hidden" })["path"], "/shop/orders-api/x");
});

const write: AdminWrite = {
  user: "admin",
  verb: "patch",
  resource: "secrets",
  namespace: "kyma-system",
  name: "orders-credentials",
  code: 200,
  peer: "127.0.0.1",
};

test("audit - a write through the admin API says who changed what", () => {
  assert.deepEqual(JSON.parse(adminAuditLine({ ...write, dryRun: false }, NOW)), {
    time: "2026-11-21T12:02:24.007Z",
    log: "audit",
    event: "admin",
    ...write,
  });
  const said = { ...write, dryRun: true, command: "kubectl patch", session: "8f6a7a60" };
  assert.deepEqual(JSON.parse(adminAuditLine(said, NOW)), {
    time: "2026-11-21T12:02:24.007Z",
    log: "audit",
    event: "admin",
    ...said,
  });
});

test("audit - whatever names are used, a record is one line of valid JSON", () => {
  const text = anyText();
  fc.assert(
    fc.property(text, text, text, (user, name, identity) => {
      const lines = [
        adminAuditLine({ ...write, user, name, command: identity, session: name }, NOW),
        callAuditLine(aFinishedCall({ requestId: user, callerIdentity: identity, peer: name }), NOW),
      ];
      for (const line of lines) {
        assert.match(line, /^[\x20-\x7e]+\n$/);
        JSON.parse(line);
      }
    }),
  );
});
