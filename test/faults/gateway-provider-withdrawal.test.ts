import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";
import { shop } from "../doubles/applications.ts";
import { eventually } from "../doubles/eventually.ts";
import { FakeClock } from "../doubles/fake-clock.ts";
import { startGateway } from "../doubles/gateway.ts";
import {
  startIdentityProvider,
  type IdentityProviderOptions,
  type RecordedRequest,
} from "../doubles/identity-provider.ts";
import { startTarget } from "../doubles/target.ts";

const PATH = "/shop/orders-api/x";

async function startScene(options: IdentityProviderOptions = {}) {
  const stack = new AsyncDisposableStack();
  const clock = new FakeClock();
  const target = stack.use(await startTarget());
  const provider = stack.use(await startIdentityProvider({ expiresIn: 60, ...options }));
  const application = (authenticationUrl = provider.tokenUrl, csrf = false) =>
    shop(target.url, {
      credentials: {
        type: "OAuth",
        secretName: "oauth",
        authenticationUrl,
        ...(csrf && { csrfInfo: { tokenEndpointURL: provider.csrfUrl } }),
      },
    });
  const gateway = stack.use(
    await startGateway({
      applications: [application()],
      secrets: { oauth: { clientId: "id", clientSecret: "old" } },
      clock,
    }),
  );
  return { gateway, target, provider, application, clock, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

type Scene = Awaited<ReturnType<typeof startScene>>;

async function call({ gateway }: Scene, status = 200): Promise<void> {
  equal((await gateway.call("GET", PATH)).status, status);
}

/** What falls due in two lifetimes of a token, with the time that answers take on real sockets. */
async function passTime({ clock, provider }: Scene): Promise<void> {
  for (let second = 0; second < 120; second++) {
    // eslint-disable-next-line no-await-in-loop
    await clock.advance(1000);
    // A renewal that has begun is answered before time goes on.
    // eslint-disable-next-line no-await-in-loop
    await eventually(() => equal(provider.issued.length, provider.requests.length));
  }
}

const clientSecret = ({ body }: RecordedRequest) => new URLSearchParams(body.toString()).get("client_secret");

test("gateway provider - credentials that were deleted are not sent to it any more", async () => {
  await using scene = await startScene();
  const { gateway, provider, application, clock } = scene;
  gateway.apply(application(provider.tokenUrl, true));
  await call(scene);
  equal(provider.requests.length, 2, "a token and a CSRF token");
  gateway.remove("shop");
  gateway.removeSecret("oauth");
  await call(scene, 404);
  equal(clock.timers, 0);
  await passTime(scene);
  equal(provider.requests.length, 2);
});

test("gateway provider - after a change of the Secret only the new credentials are sent", async () => {
  await using scene = await startScene();
  const { gateway, provider, clock } = scene;
  await call(scene);
  const timers = clock.timers;
  for (let change = 1; change <= 100; change++) {
    gateway.applySecret("oauth", { clientId: "id", clientSecret: `new-${change}` });
    // eslint-disable-next-line no-await-in-loop
    await call(scene);
  }
  equal(provider.requests.length, 101);
  equal(clock.timers, timers);
  await passTime(scene);
  const later = provider.requests.slice(101).map(clientSecret);
  equal(later.length > 0, true);
  deepEqual([...new Set(later)], ["new-100"]);
});

test("gateway provider - a former authenticationUrl is not asked again, nor while it fails", async () => {
  await using scene = await startScene();
  const { gateway, provider, application, clock } = scene;
  for (let change = 0; change < 10; change++) {
    gateway.apply(application(`${provider.origin}/token-${change}`));
    // eslint-disable-next-line no-await-in-loop
    await call(scene);
  }
  provider.behave({ status: 500 });
  gateway.apply(application(`${provider.origin}/wrong`));
  await call(scene, 502);
  const { length } = provider.requests;
  await clock.advance(120_000);
  await call(scene, 502);
  deepEqual(
    provider.requests.slice(length).map(({ target }) => target),
    ["/wrong"],
  );
});

test("gateway provider - an Application that is applied again keeps its token and its renewal", async () => {
  await using scene = await startScene();
  const { gateway, provider, application, clock } = scene;
  await call(scene);
  for (let change = 0; change < 20; change++) {
    gateway.apply(application());
    // eslint-disable-next-line no-await-in-loop
    await call(scene);
  }
  equal(provider.requests.length, 1);
  await clock.advance(6000);
  await eventually(() => equal(provider.requests.length, 2, "it is renewed when it was due"));
});

test("gateway provider - credentials that another Application shares go on without the deleted one", async () => {
  await using scene = await startScene();
  const { gateway, provider, application, clock } = scene;
  const other = application();
  gateway.apply({ ...other, metadata: { ...other.metadata, name: "other" } });
  await call(scene);
  gateway.remove("shop");
  equal((await gateway.call("GET", "/other/orders-api/x")).status, 200);
  equal(provider.requests.length, 1);
  await clock.advance(6000);
  await eventually(() => equal(provider.requests.length, 2));
});

test("gateway provider - a call that waits for its token when the Application goes is served, and nobody after it", async () => {
  await using scene = await startScene({ delay: 200 });
  const { gateway, provider, clock } = scene;
  const waiting = gateway.call("GET", PATH);
  await eventually(() => equal(provider.requests.length, 1));
  gateway.remove("shop");
  await call(scene, 404);
  equal((await waiting).status, 200);
  deepEqual([provider.requests.length, clock.timers], [1, 0]);
});

test("gateway provider - a call whose credentials are replaced while its CSRF token is refused takes the new ones", async () => {
  const held = Promise.withResolvers<void>();
  await using target = await startTarget();
  await using tokens = await startTarget(async (request) => {
    const form = new URLSearchParams(await request.text());
    await request.respond(
      200,
      {},
      JSON.stringify({ access_token: form.get("client_secret"), expires_in: 60 }),
    );
  });
  await using csrf = await startTarget(async (request) => {
    const isOld = request.header("Authorization") === "Bearer old";
    if (isOld) await held.promise;
    await request.respond(isOld ? 401 : 200, { "X-Csrf-Token": "c" }, "");
  });
  const authenticationUrl = `${tokens.url}/token`;
  const csrfInfo = { tokenEndpointURL: csrf.url };
  await using gateway = await startGateway({
    applications: [
      shop(target.url, { credentials: { type: "OAuth", secretName: "oauth", authenticationUrl, csrfInfo } }),
    ],
    secrets: { oauth: { clientId: "id", clientSecret: "old" } },
  });
  const waiting = gateway.call("GET", PATH);
  await csrf.call(1);
  gateway.applySecret("oauth", { clientId: "id", clientSecret: "new" });
  held.resolve();
  equal((await waiting).status, 200);
  equal(target.last.header("Authorization"), "Bearer new");
  deepEqual([tokens.calls.length, csrf.calls.length, target.calls.length], [2, 2, 1]);
});

test("gateway provider - a call that waits for a token with a secret that ends meanwhile takes the new one", async () => {
  await using target = await startTarget();
  const held = Promise.withResolvers<void>();
  await using tokens = await startTarget(async (request) => {
    const isOld = new URLSearchParams(await request.text()).get("client_secret") === "old";
    if (isOld) await held.promise;
    await request.respond(isOld ? 401 : 200, {}, '{"access_token":"t","expires_in":60}');
  });
  const credentials = { type: "OAuth", secretName: "oauth", authenticationUrl: `${tokens.url}/token` };
  await using gateway = await startGateway({
    applications: [shop(target.url, { credentials })],
    secrets: { oauth: { clientId: "id", clientSecret: "old" } },
  });
  const calls = [gateway.call("GET", PATH), gateway.call("POST", PATH, { body: "order" })];
  await gateway.inFlight(2);
  await tokens.call(1);
  gateway.applySecret("oauth", { clientId: "id", clientSecret: "new" });
  held.resolve();
  for (const { status } of await Promise.all(calls)) equal(status, 200);
  equal(tokens.calls.length, 2);
  // A failure that no change would have kept away stays what it is.
  tokens.answering = (request) => request.respond(401, {}, "");
  gateway.applySecret("oauth", { clientId: "id", clientSecret: "wrong" });
  equal((await gateway.call("GET", PATH)).status, 502);
  equal(tokens.calls.length, 3);
});

test("gateway provider - no call fails while the Secret changes, with tokens and CSRF tokens under way", async () => {
  await using scene = await startScene({ delay: 2 });
  const { gateway, provider, application, clock } = scene;
  gateway.apply(application(provider.tokenUrl, true));
  const changes = new AbortController();
  const caller = async () => {
    // eslint-disable-next-line no-await-in-loop -- one call after the other
    while (!changes.signal.aborted) await call(scene);
  };
  const callers = Array.from({ length: 8 }, caller);
  for (let change = 1; change <= 100; change++) {
    gateway.applySecret("oauth", { clientId: "id", clientSecret: `new-${change}` });
    // eslint-disable-next-line no-await-in-loop
    await call(scene);
  }
  changes.abort();
  await Promise.all(callers);
  equal(clock.timers, 2, "those of one token and one CSRF token");
  const before = provider.requests.length;
  await passTime(scene);
  const later = provider.requests.slice(before).map(clientSecret);
  deepEqual([...new Set(later)], ["new-100"]);
});
