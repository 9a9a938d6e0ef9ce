import { equal, match } from "node:assert/strict";
import { test } from "node:test";
import { shop } from "../doubles/applications.ts";
import { eventually } from "../doubles/eventually.ts";
import { FakeClock } from "../doubles/fake-clock.ts";
import { startGateway, type Gateway } from "../doubles/gateway.ts";
import {
  startIdentityProvider,
  type Behaviour,
  type IdentityProvider,
  type IdentityProviderOptions,
} from "../doubles/identity-provider.ts";
import { startTarget, type Target } from "../doubles/target.ts";

interface Scene extends AsyncDisposable {
  readonly gateway: Gateway;
  readonly target: Target;
  readonly provider: IdentityProvider;
  /** For tokens and their requests alone: no deadline of theirs passes unless a test moves it. */
  readonly clock: FakeClock;
}

/** Longer than a request for a token may take. */
const DEADLINE = 11_000;

async function startScene(options: IdentityProviderOptions): Promise<Scene> {
  const stack = new AsyncDisposableStack();
  const clock = new FakeClock();
  const target = stack.use(await startTarget());
  const provider = stack.use(await startIdentityProvider(options));
  const gateway = stack.use(
    await startGateway({
      applications: [
        shop(target.url, {
          credentials: { type: "OAuth", secretName: "oauth", authenticationUrl: provider.tokenUrl },
        }),
      ],
      secrets: { oauth: { clientId: "id", clientSecret: "s3cr3t" } },
      clock,
    }),
  );
  return { gateway, target, provider, clock, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

interface Row {
  readonly behaviour: Behaviour;
  readonly error: RegExp;
  /** It never comes to an end by itself. */
  readonly hangs?: boolean;
  /** `token` unless given. */
  readonly category?: string;
}

const REFUSED: Readonly<Record<string, Row>> = {
  "never answers": {
    behaviour: "hang",
    hangs: true,
    error: /^failed to make a request to '.+': no answer within 10s$/,
  },
  "answers a byte at a time": {
    behaviour: "trickle",
    hangs: true,
    error: /^failed to make a request to '.+': no answer within 10s$/,
  },
  "sends its token a byte at a time": {
    behaviour: "trickle-body",
    hangs: true,
    error: /^failed to read token response body from '.+': no answer within 10s$/,
  },
  "answers with bytes that are not HTTP": {
    behaviour: "garbage",
    error: /^failed to make a request to '.+': /,
  },
  "answers 200 without a body": { behaviour: "empty", error: /^failed to unmarshal token response body: / },
  "answers with a login page": { behaviour: "html", error: /^failed to unmarshal token response body: / },
  "answers without end": { behaviour: "endless", error: /^failed to read token response body from '.+': / },
  "closes without an answer": { behaviour: "close", error: /^failed to make a request to '.+': / },
  "resets without an answer": { behaviour: "reset", error: /^failed to make a request to '.+': / },
  "resets inside its token": {
    behaviour: "reset-in-body",
    error: /^failed to read token response body from '.+': /,
  },
  "redirects in a circle": { behaviour: "redirect-loop", error: /^failed to make a request to '.+': / },
  "redirects to nowhere": {
    behaviour: { status: 307, headers: { Location: "http://127.0.0.1:1/" } },
    error: /^failed to make a request to '.+': /,
  },
  "redirects to a metadata address": {
    behaviour: { status: 302, headers: { Location: "http://169.254.169.254/latest/meta-data" } },
    error: /^failed to make a request to '.+': redirected, but the egress policy refuses the address$/,
    category: "policy",
  },
  "redirects the credentials to a metadata address": {
    behaviour: { status: 307, headers: { Location: "http://169.254.169.254/latest/meta-data" } },
    error:
      /^failed to make a request to '.+': redirected to another origin, to which credentials are not sent$/,
  },
  "redirects to another protocol": {
    behaviour: { status: 307, headers: { Location: "file:///etc/passwd" } },
    error: /./,
  },
  "answers 500": {
    behaviour: { status: 500 },
    error: /^incorrect response code '500' while getting token from /,
  },
  "answers 401": {
    behaviour: { status: 401, body: '{"error":"invalid_client","hint":"s3cr3t"}' },
    error: /^incorrect response code '401' while getting token from /,
  },
  "has no access_token": {
    behaviour: { token: { expires_in: 300 } },
    error: /^token response has no access_token$/,
  },
  "has a number for access_token": {
    behaviour: { token: { access_token: 42, expires_in: 300 } },
    error: /^(failed to unmarshal token response body: |token response has no access_token)/,
  },
  "has null for access_token": {
    behaviour: { token: { access_token: null, expires_in: 300 } },
    error: /^(failed to unmarshal token response body: |token response has no access_token)/,
  },
  "has a line break in its token": {
    behaviour: { token: { access_token: "a\r\nX-Evil: 1", expires_in: 300 } },
    error: /./,
  },
  "has a NUL in its token": {
    behaviour: { token: { access_token: "a\u0000b", expires_in: 300 } },
    error: /./,
  },
  "has characters beyond Latin-1 in its token": {
    behaviour: { token: { access_token: "a\u2028\u0d0ab", expires_in: 300 } },
    error: /./,
  },
};

/** Once the provider has been asked, as much time passes as it has for its answer. */
async function passDeadline({ provider, clock }: Pick<Scene, "provider" | "clock">): Promise<void> {
  await eventually(() => equal(provider.requests.length, 1));
  await clock.advance(DEADLINE);
}

for (const [name, { behaviour, error, hangs, category = "token" }] of Object.entries(REFUSED)) {
  test(`gateway provider - one that ${name} is 502, and the target is not called`, async () => {
    await using scene = await startScene({ behaviour, trickleInterval: 1000 });
    const { gateway, target, provider } = scene;
    const called = gateway.call("GET", "/shop/orders-api/x");
    if (hangs) await passDeadline(scene);
    const answer = await called;
    equal(answer.status, 502);
    equal(answer.header("X-Gateway-Error"), category);
    match((answer.json() as { error: string }).error, error);
    equal(/s3cr3t|X-Evil/.test(answer.text), false, "neither the Secret nor what the provider sent is told");
    equal(target.accepted, 0);
    provider.behave("healthy");
    equal((await gateway.call("GET", "/shop/orders-api/x")).status, 200, "a failure is not remembered");
  });
}

for (const behaviour of ["hang", "trickle", "endless", "redirect-loop", "reset"] as const) {
  test(`gateway provider - 100 callers of one with ${behaviour} all get their answer, and nothing is left open`, async () => {
    await using scene = await startScene({ behaviour, trickleInterval: 1000 });
    const { gateway, provider } = scene;
    const calls = Array.from({ length: 100 }, () => gateway.call("GET", "/shop/orders-api/x"));
    if (behaviour === "hang" || behaviour === "trickle") {
      await gateway.inFlight(100);
      await passDeadline(scene);
    }
    for (const answer of await Promise.all(calls)) equal(answer.status, 502);
    await gateway.inFlight(0);
    if (behaviour !== "redirect-loop") await eventually(() => equal(provider.connections, 0));
  });
}

for (const expiresIn of ["3600", 3600, 3600.5, 1e12, "1e400", -5, 0, null, "soon", true, [], {}]) {
  test(`gateway provider - expires_in ${JSON.stringify(expiresIn)} is no reason to ask for every call, or is 502`, async () => {
    await using scene = await startScene({ expiresIn });
    const { gateway, target, provider } = scene;
    const statuses = new Set<number>();
    for (let call = 0; call < 5; call++)
      statuses.add((await gateway.call("GET", "/shop/orders-api/x")).status);
    equal(statuses.size, 1);
    if (statuses.has(502)) equal(target.calls.length, 0);
    else equal(provider.requests.length, 1);
  });
}

test('gateway provider - expires_in "3600" in quotes is accepted', async () => {
  await using scene = await startScene({ expiresIn: "3600" });
  equal((await scene.gateway.call("GET", "/shop/orders-api/x")).status, 200);
});

test("gateway provider - down for 240 s while a token of 300 s is valid: no call fails", async () => {
  await using scene = await startScene({ expiresIn: 300 });
  const { gateway, provider, clock } = scene;
  equal((await gateway.call("GET", "/shop/orders-api/x")).status, 200);
  await provider.stop();
  for (let seconds = 0; seconds < 240; seconds += 10) {
    await clock.advance(10_000);
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => gateway.call("GET", "/shop/orders-api/x")),
    );
    for (const answer of answers) equal(answer.status, 200, `after ${seconds + 10} s: ${answer.text}`);
  }
  await provider.start();
  for (let seconds = 0; seconds < 120; seconds += 10) {
    await clock.advance(10_000);
    equal((await gateway.call("GET", "/shop/orders-api/x")).status, 200);
  }
  equal(provider.requests.length >= 2, true, "the token was renewed once the provider was back");
});

test("gateway provider - a token that has expired while the provider is down is 502, never used", async () => {
  await using scene = await startScene({ expiresIn: 300 });
  const { gateway, provider, target, clock } = scene;
  equal((await gateway.call("GET", "/shop/orders-api/x")).status, 200);
  await provider.stop();
  await clock.advance(301_000);
  const before = target.calls.length;
  equal((await gateway.call("GET", "/shop/orders-api/x")).status, 502);
  equal(target.calls.length, before);
  await provider.start();
  await eventually(async () => equal((await gateway.call("GET", "/shop/orders-api/x")).status, 200));
});

test("gateway provider - a token is renewed in the background before it expires, and no caller waits", async () => {
  await using scene = await startScene({ expiresIn: 300 });
  const { gateway, provider, target, clock } = scene;
  await gateway.call("GET", "/shop/orders-api/x");
  await clock.advance(31_000);
  await eventually(async () => {
    equal((await gateway.call("GET", "/shop/orders-api/x")).status, 200);
    equal(target.last.header("Authorization"), "Bearer token-2");
  });
  provider.behave("hang");
  await clock.advance(31_000);
  await eventually(() => equal(provider.requests.length, 3));
  equal((await gateway.call("GET", "/shop/orders-api/x")).status, 200);
  equal(target.last.header("Authorization"), "Bearer token-2");
});

test("gateway provider - calls that are refused while their token is renewed get one that was asked for after that", async () => {
  await using scene = await startScene({ expiresIn: 300 });
  const { gateway, provider, target, clock } = scene;
  equal((await gateway.call("GET", "/shop/orders-api/x")).status, 200);
  provider.behave("hang", "healthy");
  await clock.advance(31_000);
  await eventually(() => equal(provider.requests.length, 2, "the renewal is under way"));
  const refused = new Set<unknown>();
  target.answering = async (call) => {
    if (call.header("Authorization") !== "Bearer token-1") return call.respond(200);
    refused.add(call);
    // All of them have been sent with the old token before the first is refused.
    await eventually(() => equal(refused.size, 10));
    await call.respond(401);
  };
  const calls = Array.from({ length: 10 }, () => gateway.call("GET", "/shop/orders-api/x"));
  for (const answer of await Promise.all(calls)) equal(answer.status, 200);
  equal(target.last.header("Authorization"), "Bearer token-2");
  equal(provider.requests.length, 3);
});

test("gateway provider - one that hangs only while a valid token is renewed is not noticed", async () => {
  await using scene = await startScene({ expiresIn: 300 });
  const { gateway, provider, clock } = scene;
  await gateway.call("GET", "/shop/orders-api/x");
  provider.behave("hang");
  for (let seconds = 0; seconds < 280; seconds += 20) {
    await clock.advance(20_000);
    equal((await gateway.call("GET", "/shop/orders-api/x")).status, 200);
  }
});

test("gateway provider - while it is down a target's 403 on one path takes the token away from no other call", async () => {
  await using scene = await startScene({ expiresIn: 300 });
  const { gateway, provider, target } = scene;
  target.answering = (call) => call.respond(call.path === "/forbidden" ? 403 : 200);
  equal((await gateway.call("GET", "/shop/orders-api/x")).status, 200);
  await provider.stop();
  equal((await gateway.call("GET", "/shop/orders-api/forbidden")).status, 502);
  for (let call = 0; call < 5; call++) equal((await gateway.call("GET", "/shop/orders-api/x")).status, 200);
});

for (const behaviour of ["hang", "garbage", "close", "redirect-loop"] as const) {
  test(`gateway provider - a CSRF endpoint with ${behaviour} is 502 with the category csrf`, async () => {
    await using target = await startTarget();
    await using provider = await startIdentityProvider({ behaviour });
    const clock = new FakeClock();
    await using gateway = await startGateway({
      applications: [
        shop(target.url, {
          credentials: {
            type: "Basic",
            secretName: "basic",
            csrfInfo: { tokenEndpointURL: provider.csrfUrl },
          },
        }),
      ],
      secrets: { basic: { username: "u", password: "p" } },
      clock,
    });
    const called = gateway.call("POST", "/shop/orders-api/x");
    if (behaviour === "hang") await passDeadline({ provider, clock });
    const answer = await called;
    equal(answer.status, 502);
    equal(answer.header("X-Gateway-Error"), "csrf");
    match((answer.json() as { error: string }).error, /^failed to make a request to '.+': /);
    equal(target.accepted, 0);
  });
}

test("gateway provider - a CSRF endpoint whose body never ends is no harm", async () => {
  await using target = await startTarget(async (call) => {
    if (call.path !== "/csrf") return call.respond(200);
    await call.write(
      "HTTP/1.1 200 OK\r\nX-Csrf-Token: t\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
    );
  });
  await using gateway = await startGateway({
    applications: [
      shop(target.url, {
        credentials: {
          type: "Basic",
          secretName: "basic",
          csrfInfo: { tokenEndpointURL: `${target.url}/csrf` },
        },
      }),
    ],
    secrets: { basic: { username: "u", password: "p" } },
  });
  equal((await gateway.call("POST", "/shop/orders-api/x")).status, 200);
  equal(target.last.header("X-Csrf-Token"), "t");
  await target.calls[0]?.closed;
});
