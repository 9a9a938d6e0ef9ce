import assert from "node:assert/strict";
import test from "node:test";
import { startCallNotices } from "../../../src/telemetry/call-notices.ts";
import { callFinished, type FinishedCall } from "../../../src/telemetry/channels.ts";
import { aFinishedCall } from "../../doubles/finished-call.ts";
import { noticedLines } from "../../doubles/noticed.ts";

const rows: readonly (readonly [Partial<FinishedCall>, string])[] = [
  [
    { status: 502, gatewayError: "token", reason: "incorrect response code '401' while getting token" },
    "CredentialNotObtained: orders-api/rest-v1: incorrect response code '401' while getting token",
  ],
  [
    { status: 502, gatewayError: "csrf", reason: "r", entry: undefined },
    "CredentialNotObtained: orders-api: r",
  ],
  [{ status: 504, gatewayError: "target", reason: "r" }, "TargetNotReached: orders-api/rest-v1: r"],
  [{ status: 502, gatewayError: "policy", reason: "r" }, "AddressRefused: orders-api/rest-v1: r"],
  [
    { status: 503, gatewayError: "limit", failure: "GATEWAY_CIRCUIT_OPEN", reason: "r" },
    "TargetLeftAlone: orders-api/rest-v1: r",
  ],
];

const silent: readonly Partial<FinishedCall>[] = [
  {},
  { status: 500, origin: "target", targetStatus: 500 },
  { status: 401, gatewayError: "token", reason: "the caller's own token is missing" },
  { status: 403, gatewayError: "policy", reason: "this caller may not call the API" },
  { status: 429, gatewayError: "limit", reason: "too often" },
  { status: 499, gatewayError: "target", reason: "the caller left" },
  { status: 404, gatewayError: "request", reason: "r", application: undefined },
  { status: 502, gatewayError: "target", reason: "r", application: undefined },
];

test("call notices - a call that failed for what is wrong with its API is told to the Application", (context) => {
  const lines = noticedLines(context);
  using _notices = startCallNotices();
  for (const [changes, line] of rows) {
    callFinished.publish(aFinishedCall({ targetStatus: undefined, origin: "gateway", ...changes }));
    assert.deepEqual(lines.splice(0), [`Application/shop ${line}`]);
  }
});

test("call notices - what callers do wrong, and what targets answer, is told to nobody", (context) => {
  const lines = noticedLines(context);
  {
    using _notices = startCallNotices();
    for (const changes of silent) callFinished.publish(aFinishedCall(changes));
  }
  callFinished.publish(aFinishedCall(rows[0]?.[0]));
  assert.deepEqual(lines, []);
});
