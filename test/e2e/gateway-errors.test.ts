import { deepEqual, equal, match, ok } from "node:assert/strict";
import { test } from "node:test";
import type { ApplicationEntry } from "../../src/core/resources/application.ts";
import { shop } from "../doubles/applications.ts";
import { TestAuthority } from "../doubles/certificates.ts";
import { startGateway } from "../doubles/gateway.ts";
import { startTarget } from "../doubles/target.ts";

interface Row {
  readonly name: string;
  readonly entry?: Partial<ApplicationEntry>;
  readonly targetUrl?: string;
  readonly secrets?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly status: number;
  readonly error: string | RegExp;
  readonly category: string;
}

const OAUTH_SECRET = { clientId: "id", clientSecret: "s3cr3t" };
const NOT_PEM = { clientId: "id", crt: "no certificate", key: "no key" };

/** Nothing ever listens on port 1 of the loopback. */
const NOBODY = "http://127.0.0.1:1";

const credentials = (type: string, more: Partial<NonNullable<ApplicationEntry["credentials"]>> = {}) => ({
  credentials: { type, secretName: "s", ...more },
});

const ROWS: readonly Row[] = [
  {
    name: "a missing credential Secret",
    entry: credentials("Basic"),
    status: 500,
    error: "failed to read API for Orders API service, secret 's' not found",
    category: "config",
  },
  {
    name: "a missing parameter Secret",
    entry: { requestParametersSecretName: "p" },
    status: 500,
    error: "failed to read API for Orders API service, secret 'p' not found",
    category: "config",
  },
  {
    name: "both Secrets missing: the credentials are read first",
    entry: { ...credentials("Basic"), requestParametersSecretName: "p" },
    status: 500,
    error: "failed to read API for Orders API service, secret 's' not found",
    category: "config",
  },
  {
    name: "credentials without the name of a Secret",
    entry: credentials("Basic", { secretName: "" }),
    status: 500,
    error: /^failed to read API for Orders API service, failed to get '' secret, .+/,
    category: "config",
  },
  {
    name: "an unknown type of credentials",
    entry: credentials("basic"),
    secrets: { s: { username: "u", password: "p" } },
    status: 500,
    error: "failed to read API for Orders API service, unknown credentials type 'basic'",
    category: "config",
  },
  {
    name: "headers that are no JSON",
    entry: { requestParametersSecretName: "p" },
    secrets: { p: { headers: "{" } },
    status: 500,
    error: /^failed to read API for Orders API service, Failed to unmarshal headers, .+/,
    category: "config",
  },
  {
    name: "headers that are no lists",
    entry: { requestParametersSecretName: "p" },
    secrets: { p: { headers: '{"X-A":"bare"}' } },
    status: 500,
    error: /^failed to read API for Orders API service, Failed to unmarshal headers, .+/,
    category: "config",
  },
  {
    name: "query parameters that are no lists of texts",
    entry: { requestParametersSecretName: "p" },
    secrets: { p: { queryParameters: '{"a":[1]}' } },
    status: 500,
    error: /^failed to read API for Orders API service, Failed to unmarshal query parameters, .+/,
    category: "config",
  },
  {
    name: "a target URL that does not parse",
    targetUrl: "http://127.0.0.1:99999/x",
    status: 500,
    error: /^failed to parse target url 'http:\/\/127\.0\.0\.1:99999\/x': '.+'$/,
    category: "config",
  },
  {
    name: "a target URL with a control character",
    targetUrl: "http://127.0.0.1/\u0001",
    status: 500,
    error: /^failed to parse target url '.+': '.+'$/,
    category: "config",
  },
  {
    name: "a certificate that is none",
    entry: credentials("CertificateGen"),
    secrets: { s: NOT_PEM },
    status: 500,
    error: /^Failed to prepare certificate, .+/,
    category: "config",
  },
  {
    name: "a certificate for the token call that is none",
    entry: credentials("OAuthWithCert", { authenticationUrl: `${NOBODY}/token` }),
    secrets: { s: NOT_PEM },
    status: 500,
    error: /^Failed to get token: Failed to prepare certificate, .+/,
    category: "config",
  },
  {
    name: "a token endpoint that cannot be reached",
    entry: credentials("OAuth", { authenticationUrl: `${NOBODY}/token` }),
    secrets: { s: OAUTH_SECRET },
    status: 502,
    error: /^failed to make a request to 'http:\/\/127\.0\.0\.1:1\/token': .+/,
    category: "token",
  },
  {
    name: "a token URL that does not parse",
    entry: credentials("OAuth", { authenticationUrl: "http://127.0.0.1:1/%zz" }),
    secrets: { s: OAUTH_SECRET },
    status: 500,
    error: /^failed to create token request: .+/,
    category: "config",
  },
  {
    name: "a CSRF endpoint that cannot be reached",
    entry: credentials("Basic", { csrfInfo: { tokenEndpointURL: `${NOBODY}/csrf` } }),
    secrets: { s: { username: "u", password: "p" } },
    status: 502,
    error: /^failed to make a request to 'http:\/\/127\.0\.0\.1:1\/csrf': .+/,
    category: "csrf",
  },
  {
    name: "a CSRF URL that does not parse",
    entry: credentials("Basic", { csrfInfo: { tokenEndpointURL: "http://127.0.0.1:1/%zz" } }),
    secrets: { s: { username: "u", password: "p" } },
    status: 500,
    error: /^failed to create token request: .+/,
    category: "config",
  },
];

for (const { name, entry = {}, targetUrl, secrets = {}, status, error, category } of ROWS) {
  for (const listener of ["manual", "compass"] as const) {
    test(`gateway errors - ${name} is ${status} (${listener})`, async () => {
      await using target = await startTarget();
      await using gateway = await startGateway({
        applications: [shop(targetUrl ?? target.url, entry)],
        secrets,
      });
      const path = listener === "manual" ? "/shop/orders-api/x" : "/shop/orders-api/rest-v1/x";
      const answer = await gateway.call("GET", path, { listener });
      equal(answer.status, status);
      const body = answer.json() as { code: number; error: string };
      deepEqual(Object.keys(body), ["code", "error"]);
      equal(body.code, status);
      if (typeof error === "string") equal(body.error, error);
      else match(body.error, error);
      equal(answer.header("X-Gateway-Error"), category);
      equal(answer.header("Content-Type"), "application/json;charset=UTF-8");
      ok(answer.text.endsWith("\n"));
      equal(target.calls.length, 0);
    });
  }
}

const METADATA = [
  "2852039166",
  "0xa9fea9fe",
  "0251.0376.0251.0376",
  "169.254.43518",
  "[::ffff:169.254.169.254]",
];

/** Where the address may stand, and what a caller is told of it. */
const NAMING: Readonly<
  Record<string, (url: string) => Pick<Row, "entry" | "targetUrl" | "status" | "error">>
> = {
  "a target": (targetUrl) => ({
    targetUrl,
    status: 502,
    error: "the egress policy refuses the address of the target",
  }),
  "a token endpoint": (authenticationUrl) => ({
    entry: credentials("OAuth", { authenticationUrl }),
    status: 502,
    error: `failed to make a request to '${authenticationUrl}': the egress policy refuses the address`,
  }),
  "a token endpoint that wants a certificate": (authenticationUrl) => ({
    entry: credentials("OAuthWithCert", { authenticationUrl }),
    status: 500,
    error: `Failed to get token: Failed to fetch token, possible certificate problem: failed to make a request to '${authenticationUrl}': the egress policy refuses the address`,
  }),
  "a CSRF endpoint": (tokenEndpointURL) => ({
    entry: credentials("Basic", { csrfInfo: { tokenEndpointURL } }),
    status: 502,
    error: `failed to make a request to '${tokenEndpointURL}': the egress policy refuses the address`,
  }),
};

for (const [named, naming] of Object.entries(NAMING)) {
  test(`gateway errors - ${named} that the egress policy refuses has the category policy`, async () => {
    const client = await (await TestAuthority.create()).client("shop");
    await using target = await startTarget();
    await using gateway = await startGateway({
      secrets: { s: { ...OAUTH_SECRET, ...client, username: "u", password: "p" } },
      deniedNetworks: ["10.0.0.0/8", "::1"],
    });
    for (const host of [...METADATA, "10.1.2.3"]) {
      const { entry = {}, targetUrl = target.url, status, error } = naming(`http://${host}/latest`);
      gateway.apply(shop(targetUrl, entry));
      const answer = await gateway.call("GET", "/shop/orders-api/x");
      deepEqual(answer.json(), { code: status, error });
      equal(answer.header("X-Gateway-Error"), "policy");
    }
    equal(target.calls.length, 0);
  });
}

test("gateway errors - a name that resolves to what the egress policy refuses has the category policy", async () => {
  await using gateway = await startGateway({
    secrets: { s: { ...OAUTH_SECRET, username: "u", password: "p" } },
    deniedNetworks: ["127.0.0.0/8", "::1"],
  });
  for (const named of ["a target", "a token endpoint", "a CSRF endpoint"]) {
    const {
      entry = {},
      targetUrl = "http://10.1.2.3",
      status,
      error,
    } = NAMING[named]!("http://localhost:9/x");
    gateway.apply(shop(targetUrl, entry));
    const answer = await gateway.call("GET", "/shop/orders-api/x");
    deepEqual(answer.json(), { code: status, error });
    equal(answer.header("X-Gateway-Error"), "policy");
  }
});

interface TokenRow {
  readonly name: string;
  readonly answer: { readonly status?: number; readonly body: string };
  readonly error: string | RegExp;
}

const TOKEN_ROWS: readonly TokenRow[] = [
  ...[201, 302, 400, 401, 403, 404, 500, 503].map((status) => ({
    name: `an answer of ${status}`,
    answer: { status, body: '{"access_token":"t"}' },
    error: `incorrect response code '${status}' while getting token from URL`,
  })),
  { name: "an empty answer", answer: { body: "" }, error: /^failed to unmarshal token response body: .+/ },
  {
    name: "a page instead of JSON",
    answer: { body: "<html>s3cr3t</html>" },
    error: /^failed to unmarshal token response body: .+/,
  },
  { name: "a list", answer: { body: "[]" }, error: /^failed to unmarshal token response body: .+/ },
  {
    name: "no access_token",
    answer: { body: '{"expires_in":300}' },
    error: "token response has no access_token",
  },
  {
    name: "an empty access_token",
    answer: { body: '{"access_token":""}' },
    error: "token response has no access_token",
  },
];

for (const { name, answer: tokenAnswer, error } of TOKEN_ROWS) {
  test(`gateway errors - a token endpoint with ${name} is 502`, async () => {
    await using target = await startTarget();
    await using tokens = await startTarget((call) =>
      call.respond(tokenAnswer.status ?? 200, {}, tokenAnswer.body),
    );
    const authenticationUrl = `${tokens.url}/token`;
    await using gateway = await startGateway({
      applications: [shop(target.url, credentials("OAuth", { authenticationUrl }))],
      secrets: { s: OAUTH_SECRET },
    });
    const answer = await gateway.call("GET", "/shop/orders-api/x");
    equal(answer.status, 502);
    const body = answer.json() as { code: number; error: string };
    if (typeof error === "string") equal(body.error, error.replace("URL", authenticationUrl));
    else match(body.error, error);
    equal(answer.header("X-Gateway-Error"), "token");
    equal(answer.text.includes("s3cr3t"), false, "neither the Secret nor the provider's body is told");
    equal(target.calls.length, 0);
  });

  test(`gateway errors - with a client certificate, a token endpoint with ${name} is 500`, async () => {
    const authority = await TestAuthority.create();
    const server = await authority.server();
    await using target = await startTarget();
    await using tokens = await startTarget(
      (call) => call.respond(tokenAnswer.status ?? 200, {}, tokenAnswer.body),
      {
        tls: { cert: server.crt, key: server.key, ca: authority.crt, requestCert: true },
      },
    );
    const authenticationUrl = `${tokens.url}/token`;
    await using gateway = await startGateway({
      applications: [shop(target.url, credentials("OAuthWithCert", { authenticationUrl }))],
      secrets: { s: { clientId: "id", ...(await authority.client("shop")) } },
      authority,
    });
    const answer = await gateway.call("GET", "/shop/orders-api/x");
    equal(answer.status, 500);
    const text = (answer.json() as { error: string }).error;
    const start = "Failed to get token: Failed to fetch token, possible certificate problem";
    ok(text.startsWith(start), text);
    equal(answer.header("X-Gateway-Error"), "token");
    equal(target.calls.length, 0);
  });
}

test("gateway errors - percent signs in names do not garble the text", async () => {
  await using gateway = await startGateway();
  const answer = await gateway.call("GET", "/shop/100%25s%d/x");
  deepEqual(answer.json(), { code: 404, error: "service with name 100%25s%d not found" });
});

test("gateway errors - names come back in JSON that any parser reads", async () => {
  await using gateway = await startGateway();
  const answer = await gateway.call("GET", `/shop/"<script>\\&'/x`);
  equal(answer.status, 404);
  deepEqual(answer.json(), { code: 404, error: `service with name "<script>\\&' not found` });
  equal(answer.header("Content-Type"), "application/json;charset=UTF-8");
});

test("gateway errors - before the configuration has been read calls are 500, not 404", async () => {
  await using gateway = await startGateway({ synced: false });
  const answer = await gateway.call("GET", "/shop/orders-api/x");
  equal(answer.status, 500);
  match(
    (answer.json() as { error: string }).error,
    /^failed to get service with name 'orders-api': failed to get Application 'shop' : .+/,
  );
  equal(answer.header("X-Gateway-Error"), "config");
});

for (const [name, target] of [
  ["a path with a byte beyond ASCII", "/shop/orders-api/caf\u00e9"],
  ["a query with a byte beyond ASCII", "/shop/orders-api/x?q=caf\u00e9"],
  ["a control character in the path", "/shop/orders-api/a\tb"],
  ["a blank in the path", "/shop/orders-api/a b"],
] as const) {
  test(`gateway errors - ${name} is 400 with the advice to percent-encode it`, async () => {
    await using gateway = await startGateway();
    const answer = await gateway.call("GET", target);
    equal(answer.status, 400);
    equal(answer.header("X-Gateway-Error"), "request");
    const { error } = answer.json() as { error: string };
    match(error, /^malformed request: .+: percent-encode every character of the path and the query/);
    equal(/caf|a.b/.test(error), false, "nothing of the request is quoted");
  });
}

for (const method of ["FROBNICATE", "get", "GETS", "DESCRIBE"]) {
  test(`gateway errors - the unknown method ${method} is 400 that says which are known`, async () => {
    await using gateway = await startGateway();
    const answer = await gateway.call(method, "/shop/orders-api/x");
    equal(answer.status, 400);
    equal(answer.header("X-Gateway-Error"), "request");
    match((answer.json() as { error: string }).error, /the methods are .*\bGET, HEAD\b.*\bPOST\b/);
  });
}

test("gateway errors - the connection of a refused call stays usable", async () => {
  await using target = await startTarget();
  await using gateway = await startGateway({ applications: [shop(target.url)] });
  await using client = await gateway.connect();
  await client.request("POST", "/nobody/x", { body: "a small body" });
  equal((await client.response()).status, 404);
  await client.request("GET", "/shop/orders-api/x");
  equal((await client.response()).status, 200);
});

test("gateway errors - HEAD of a refused call has the headers and no body", async () => {
  await using gateway = await startGateway();
  const answer = await gateway.call("HEAD", "/shop/orders-api/x");
  equal(answer.status, 404);
  equal(answer.header("X-Gateway-Error"), "request");
  equal(answer.text, "");
});

test("gateway errors - a repaired Secret or URL is called at once", async () => {
  await using target = await startTarget();
  await using gateway = await startGateway({ applications: [shop(target.url, credentials("Basic"))] });
  equal((await gateway.call("GET", "/shop/orders-api/x")).status, 500);
  gateway.applySecret("s", { username: "u", password: "p" });
  equal((await gateway.call("GET", "/shop/orders-api/x")).status, 200);
  gateway.removeSecret("s");
  equal((await gateway.call("GET", "/shop/orders-api/x")).status, 500);
});
