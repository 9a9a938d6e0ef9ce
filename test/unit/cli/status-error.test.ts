import assert from "node:assert/strict";
import { test } from "node:test";
import { StatusError } from "../../../src/cli/server/status-error.ts";

const status = (reason: string, message: string, details: object = {}) => ({
  kind: "Status",
  reason,
  message,
  details,
});

test("status error - a refusal reads as kubectl shows it", () => {
  const error = new StatusError(404, status("NotFound", 'secrets "x" not found'));
  assert.equal(error.message, 'Error from server (NotFound): secrets "x" not found');
  assert.equal(error.exitCode, 1);
  assert.equal(
    error.during('error when creating "a.yaml"').message,
    'Error from server (NotFound): error when creating "a.yaml": secrets "x" not found',
  );
});

test("status error - what is invalid is listed field by field", () => {
  const causes = [
    { field: "spec.a", message: "Required value" },
    { field: "spec.b", message: 'Unsupported value: "NO"' },
  ];
  const details = { kind: "Application", name: "x" };
  const one = new StatusError(422, status("Invalid", "m", { ...details, causes: causes.slice(0, 1) }));
  assert.equal(one.message, 'The Application "x" is invalid: spec.a: Required value');
  const both = new StatusError(422, status("Invalid", "m", { ...details, causes }));
  assert.equal(
    both.message,
    'The Application "x" is invalid:\n* spec.a: Required value\n* spec.b: Unsupported value: "NO"',
  );
});

test("status error - a wrong token, and an answer that is no Status, are said plainly", () => {
  assert.match(new StatusError(401, status("Unauthorized", "Unauthorized")).message, /logged in/);
  assert.equal(
    new StatusError(502, undefined).message,
    "Error from server: the server answered with status 502",
  );
});
