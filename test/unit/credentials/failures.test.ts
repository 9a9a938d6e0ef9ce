import assert from "node:assert/strict";
import { test } from "node:test";
import {
  credentialFailure,
  credentialFailures,
  credentialFailureText,
  isCredentialFailure,
  type CredentialFailureCode,
} from "../../../src/credentials/failures.ts";

/** Gateway spec §15, §6.1, §9 and §19, with placeholders 1, 2, 3. */
const SPECIFIED: Record<CredentialFailureCode, readonly [status: number, step: string, text: string]> = {
  CREDENTIALS_SECRET_NOT_FOUND: [500, "config", "failed to read API for <1> service, secret '<2>' not found"],
  CREDENTIALS_SECRET_UNREADABLE: [
    500,
    "config",
    "failed to read API for <1> service, failed to get '<2>' secret, <3>",
  ],
  CREDENTIALS_SECRET_INVALID: [
    500,
    "config",
    "failed to read API for <1> service, secret '<2>' is invalid: <3>",
  ],
  CREDENTIALS_TYPE_UNKNOWN: [
    500,
    "config",
    "failed to read API for <1> service, unknown credentials type '<2>'",
  ],
  CREDENTIALS_HEADERS_INVALID: [
    500,
    "config",
    "failed to read API for <1> service, Failed to unmarshal headers, <2>",
  ],
  CREDENTIALS_QUERY_PARAMETERS_INVALID: [
    500,
    "config",
    "failed to read API for <1> service, Failed to unmarshal query parameters, <2>",
  ],
  CREDENTIALS_CERTIFICATE_INVALID: [500, "config", "Failed to prepare certificate, <1>"],
  CREDENTIALS_TOKEN_CERTIFICATE_INVALID: [
    500,
    "config",
    "Failed to get token: Failed to prepare certificate, <1>",
  ],
  // Not in the original, which knows neither assertions nor exchanges.
  CREDENTIALS_TOKEN_ASSERTION_INVALID: [
    500,
    "config",
    "Failed to get token: Failed to prepare client assertion, <1>",
  ],
  CREDENTIALS_SUBJECT_TOKEN_MISSING: [
    401,
    "request",
    "the API is called with the caller's own token, and there is none in 'Authorization: Bearer'",
  ],
  CREDENTIALS_SUBJECT_TOKEN_REFUSED: [
    401,
    "request",
    "the identity provider does not exchange the caller's token: <1>",
  ],
  CREDENTIALS_TOKEN_URL_INVALID: [500, "config", "failed to create token request: <1>"],
  CREDENTIALS_TOKEN_UNREACHABLE: [502, "token", "failed to make a request to '<1>': <2>"],
  CREDENTIALS_TOKEN_REFUSED: [502, "token", "incorrect response code '<1>' while getting token from <2>"],
  CREDENTIALS_TOKEN_UNREADABLE: [502, "token", "failed to read token response body from '<1>': <2>"],
  CREDENTIALS_TOKEN_MALFORMED: [502, "token", "failed to unmarshal token response body: <1>"],
  CREDENTIALS_TOKEN_MISSING: [502, "token", "token response has no access_token"],
  CREDENTIALS_TOKEN_NOT_ISSUED: [
    500,
    "token",
    "Failed to get token: Failed to fetch token, possible certificate problem: <1>",
  ],
  CREDENTIALS_TOKEN_NOT_ALLOWED: [502, "policy", "failed to make a request to '<1>': <2>"],
  CREDENTIALS_CERTIFICATE_TOKEN_NOT_ALLOWED: [
    500,
    "policy",
    "Failed to get token: Failed to fetch token, possible certificate problem: <1>",
  ],
  CREDENTIALS_CSRF_NOT_ALLOWED: [502, "policy", "failed to make a request to '<1>': <2>"],
  // Not in the original, which goes on using deleted credentials for as long as it has a token.
  CREDENTIALS_TOKEN_WITHDRAWN: [
    502,
    "token",
    "the credentials have been replaced or deleted since the call began",
  ],
  CREDENTIALS_CSRF_URL_INVALID: [500, "config", "failed to create token request: <1>"],
  CREDENTIALS_CSRF_UNREACHABLE: [502, "csrf", "failed to make a request to '<1>': <2>"],
  CREDENTIALS_CSRF_REFUSED: [502, "csrf", "incorrect response code '<1>' while getting token from <2>"],
};

test("credential failures - every row has the status, the step and the text of the specification", () => {
  for (const [code, [status, step, text]] of Object.entries(SPECIFIED)) {
    const failure = credentialFailure(code as CredentialFailureCode, "<1>", "<2>", "<3>");
    assert.equal(credentialFailureText(failure), text);
    assert.equal(failure.step, step);
    assert.equal(credentialFailures[failure.code].status, status);
    assert.ok(isCredentialFailure(failure));
  }
  assert.deepEqual(Object.keys(SPECIFIED).toSorted(), Object.keys(credentialFailures).toSorted());
});

test("credential failures - an authorisation is none", () => {
  assert.equal(isCredentialFailure({ header: "Bearer x" }), false);
});
