import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";
import { targetFailure } from "../../../src/gateway/target-failure.ts";
import { TransportError, type TransportProblem } from "../../../src/outbound/transport-error.ts";

const TARGET: Readonly<Record<string, RegExp>> = {
  CONNECT_TIMEOUT: /timed out/,
  PROXY_REFUSED: /proxy/,
  HEAD_TOO_LARGE: /headers/,
  MALFORMED_ANSWER: /well-formed/,
  ANSWER_TOO_SHORT: /shorter/,
  CLOSED_BEFORE_ANSWER: /closed/,
  CONNECTIONS_CLOSED: /the gateway is being stopped/,
};

for (const [code, text] of Object.entries(TARGET)) {
  test(`target failure - ${code} is told as a failure of the call to the target`, () => {
    const told = targetFailure(new TransportError(code as TransportProblem, "detail"));
    deepEqual([told.code, told.status, told.category], ["GATEWAY_TARGET_FAILED", 502, "target"]);
    equal(text.test(told.message), true, told.message);
  });
}

for (const code of ["REQUEST_LENGTH_MISMATCH", "UNSENDABLE_REQUEST"] as const) {
  test(`target failure - ${code} is told as the caller's, whichever error carries it`, () => {
    for (const error of [
      new TransportError(code, "x"),
      new Error("y", { cause: new TransportError(code, "x") }),
    ]) {
      const told = targetFailure(error);
      deepEqual([told.code, told.status, told.category], ["GATEWAY_MALFORMED_REQUEST", 400, "request"]);
    }
  });
}

test("target failure - a target that takes no version of HTTP that it is offered may speak HTTP/2 alone", () => {
  const alert = Object.assign(new Error("x"), { code: "ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL" });
  const told = targetFailure(alert);
  equal(told.message, "the call to the target failed: it speaks no version of HTTP that it was offered");
});

test("target failure - what nobody knows says no more than that the connection failed", () => {
  const told = targetFailure(new Error("connect EWHAT 10.1.2.3:443"));
  equal(told.message, "the call to the target failed: the connection failed");
});
