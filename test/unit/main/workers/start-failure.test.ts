import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";
import { Failure } from "../../../../src/core/failures.ts";
import { startFailure } from "../../../../src/main/workers/start-failure.ts";

test("worker start - what a worker cannot begin with is told in the words of its failure", () => {
  const told = { message: "cannot read %s: 100 %", code: "OUTBOUND_CA", status: 500, remedy: "Name a file." };
  const failure = startFailure(told);
  equal(failure instanceof Failure, true);
  const { message, code, status, remedy } = failure as Failure;
  deepEqual({ message, code, status, remedy }, told);
});

test("worker start - a surprise has a code of its own", () => {
  const failure = startFailure({ message: "TypeError: x", code: undefined, status: 500, remedy: "" });
  equal((failure as Failure).code, "WORKERS_NOT_STARTED");
  equal(failure.message, "a worker cannot begin to serve: TypeError: x");
});
