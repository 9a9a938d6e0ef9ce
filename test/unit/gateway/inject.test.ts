import { deepEqual, equal, rejects } from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as after } from "node:timers/promises";
import { parseTargetUrl, type TargetUrl } from "../../../src/core/target-url.ts";
import { credentialFailure, isCredentialFailure } from "../../../src/credentials/failures.ts";
import type { CredentialProvider, CsrfProvider } from "../../../src/credentials/provider.ts";
import { CredentialTimeout } from "../../../src/gateway/credential-timeout.ts";
import { injectCold } from "../../../src/gateway/inject.ts";
import { tlsIdentity } from "../../../src/outbound/tls-identity.ts";
import type { CompiledApi } from "../../../src/snapshot/compiled.ts";

const TOKEN = { header: "Bearer t" };
const NOTHING = { accessToken: undefined, authorization: undefined };

function apiWith(provider: Partial<CredentialProvider>, csrf?: Partial<CsrfProvider>): CompiledApi {
  const tls = tlsIdentity(true);
  return {
    kind: "api",
    identity: { application: "shop", service: "orders", entry: "" },
    target: {
      url: parseTargetUrl("http://target.test") as TargetUrl,
      encodeUrl: true,
      encodedPath: "",
      rawPath: "",
      queryNames: new Set(),
      refused: false,
    },
    provider: {
      type: "OAuth",
      fetches: true,
      secretName: "s",
      tls,
      fingerprint: "f",
      current: () => undefined,
      fetch: async () => TOKEN,
      invalidate: () => {},
      hold: () => {},
      release: () => {},
      ...provider,
    },
    csrf: csrf && {
      current: () => undefined,
      fetch: async () => ({ token: "c", cookies: [] }),
      fetchAlone: async () => ({ token: "c", cookies: [] }),
      invalidate: () => {},
      hold: () => {},
      release: () => {},
      ...csrf,
    },
    parameters: { headers: [], query: [] },
    settings: {},
    callers: undefined,
    limits: undefined,
    tls,
  };
}

function untilAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason as Error));
  });
}

/** Asks for credentials and aborts with this reason, or with the end of the caller's time. */
async function aborted(api: CompiledApi, accessToken?: string, reason?: Error) {
  const controller = new AbortController();
  const timeout = new CredentialTimeout(60_000);
  const options = { signal: controller.signal, timeout, span: undefined, acceptsDoubted: true };
  const outcome = injectCold(api, { accessToken, authorization: undefined }, options);
  setImmediate(() => controller.abort(reason ?? timeout));
  const failure = await outcome;
  return isCredentialFailure(failure) ? [failure.code, ...failure.values] : failure;
}

const REASON = "no answer within 1m";

test("inject - time that is up in the token request is a failure of the token", async () => {
  deepEqual(await aborted(apiWith({ fetch: untilAborted })), [
    "CREDENTIALS_TOKEN_UNREACHABLE",
    "the token endpoint",
    REASON,
  ]);
});

test("inject - time that is up in a token request with a certificate has the original's text", async () => {
  deepEqual(await aborted(apiWith({ type: "OAuthWithCert", fetch: untilAborted })), [
    "CREDENTIALS_TOKEN_NOT_ISSUED",
    `failed to make a request to 'the token endpoint': ${REASON}`,
  ]);
});

test("inject - time that is up in the CSRF request is a failure of CSRF, with Access-Token too", async () => {
  const expected = ["CREDENTIALS_CSRF_UNREACHABLE", "the CSRF endpoint", REASON];
  deepEqual(await aborted(apiWith({}, { fetch: (_, signal) => untilAborted(signal) })), expected);
  const alone = apiWith({}, { fetchAlone: (_, signal) => untilAborted(signal) });
  deepEqual(await aborted(alone, "Bearer own"), expected);
});

test("inject - a caller that goes away is no failure of the credentials", async () => {
  const gone = new Error("gone");
  await rejects(aborted(apiWith({ fetch: untilAborted }), undefined, gone), gone);
});

test("inject - a token that comes after the caller's time is no use, and nothing more is asked for", async () => {
  let asked = 0;
  const late = async () => {
    await after(20);
    return TOKEN;
  };
  const csrf = async () => {
    asked++;
    return { token: "c", cookies: [] };
  };
  const options = { signal: new AbortController().signal, span: undefined, acceptsDoubted: true };
  const timeout = new CredentialTimeout(5);
  const outcome = await injectCold(apiWith({ fetch: late }, { fetch: csrf }), NOTHING, {
    ...options,
    timeout,
  });
  equal("code" in outcome && outcome.code, "CREDENTIALS_TOKEN_UNREACHABLE");
  equal(asked, 0);
});

test("inject - a failure that comes late still says what went wrong", async () => {
  const refused = credentialFailure("CREDENTIALS_TOKEN_REFUSED", 401, "http://idp.test/token");
  const fetch = async () => {
    await after(20);
    return refused;
  };
  const options = { signal: new AbortController().signal, span: undefined, acceptsDoubted: true };
  const timeout = new CredentialTimeout(5);
  equal(await injectCold(apiWith({ fetch }), NOTHING, { ...options, timeout }), refused);
});
