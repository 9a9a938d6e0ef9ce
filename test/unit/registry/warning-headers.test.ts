import { deepEqual, equal, match } from "node:assert/strict";
import { validateHeaderValue } from "node:http";
import { test } from "node:test";
import fc from "fast-check";
import { warningHeaders } from "../../../src/registry/warning-headers.ts";

test("warning headers - there are none without a warning", () => {
  deepEqual(warningHeaders([]), {});
});

test("warning headers - whatever a warning quotes, it is a legal header, and the number is the true one", () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: "binary" }), { minLength: 1, maxLength: 15 }), (warnings) => {
      const headers = warningHeaders(warnings);
      validateHeaderValue("Warning", headers["Warning"] ?? "");
      match(headers["Warning"] ?? "", /^199 - "(?:[^"\\]|\\.)*"(?:, 199 - "(?:[^"\\]|\\.)*")*$/);
      equal(headers["X-Registry-Warnings"], String(warnings.length));
    }),
  );
});
