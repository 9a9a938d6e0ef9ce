import assert from "node:assert/strict";
import { test } from "node:test";
import { FakeClock } from "../../../doubles/fake-clock.ts";
import { startIdentityProvider, type IdentityProvider } from "../../../doubles/identity-provider.ts";
import { startTarget } from "../../../doubles/target.ts";
import { openSpecifications } from "./opened-specifications.ts";

const DOCUMENT = '{"openapi":"3.0.0"}';

function credentials(provider: IdentityProvider, changes: { clientId?: string; clientSecret?: string } = {}) {
  return {
    kind: "oauth",
    url: provider.tokenUrl,
    clientId: "me",
    clientSecret: "hush",
    requestParameters: undefined,
    ...changes,
  } as const;
}

test("specification token - is asked for with form, Basic header and the request parameters", async () => {
  await using opened = await openSpecifications();
  await using provider = await startIdentityProvider({ clients: { "m e": "hüsh" } });
  await using server = await startTarget((call) => call.respond(200, {}, DOCUMENT));
  const specificationCredentials = {
    ...credentials(provider, { clientId: "m e", clientSecret: "hüsh" }),
    requestParameters: { headers: { "X-Tenant": ["7"] }, queryParameters: { zone: ["eu"] } },
  };
  assert.equal(await opened.obtain({ specificationUrl: server.url, specificationCredentials }), DOCUMENT);
  const [request] = provider.requests;
  assert.equal(request?.method, "POST");
  assert.equal(request?.target, "/oauth/token?zone=eu");
  assert.equal(request?.head.header("x-tenant"), "7");
  assert.equal(request?.head.header("content-type"), "application/x-www-form-urlencoded");
  assert.equal(request?.head.header("authorization"), `Basic ${Buffer.from("m e:hüsh").toString("base64")}`);
  assert.deepEqual(Object.fromEntries(new URLSearchParams(request?.body.toString())), {
    client_id: "m e",
    client_secret: "hüsh",
    grant_type: "client_credentials",
  });
  assert.equal(server.last.header("authorization"), "Bearer token-1");
});

test("specification token - is kept until it expires, for each credential its own", async () => {
  const clock = new FakeClock();
  await using opened = await openSpecifications({ clock });
  await using provider = await startIdentityProvider({ expiresIn: 60 });
  await using server = await startTarget((call) => call.respond(200, {}, DOCUMENT));
  const fetched = async (changes = {}) => {
    const specificationCredentials = credentials(provider, changes);
    assert.equal(await opened.obtain({ specificationUrl: server.url, specificationCredentials }), DOCUMENT);
    return server.last.header("authorization");
  };
  assert.equal(await fetched(), "Bearer token-1");
  await clock.advance(57_000);
  assert.equal(await fetched(), "Bearer token-1");
  assert.equal(await fetched({ clientSecret: "another" }), "Bearer token-2");
  assert.equal(await fetched({ requestParameters: { headers: { a: ["1"] } } }), "Bearer token-3");
  await clock.advance(1001);
  assert.equal(await fetched(), "Bearer token-4");
  await clock.advance(3_600_000);
  assert.equal(provider.issued.length, 4, "nothing is renewed in the background");
});

test("specification token - one that is refused is asked for anew, once", async () => {
  await using opened = await openSpecifications();
  await using provider = await startIdentityProvider();
  const refused = new Set<string | undefined>();
  await using server = await startTarget((call) =>
    refused.has(call.header("authorization")) ? call.respond(401) : call.respond(200, {}, DOCUMENT),
  );
  const api = { specificationUrl: server.url, specificationCredentials: credentials(provider) };
  assert.equal(await opened.obtain(api), DOCUMENT);
  refused.add("Bearer token-1");
  assert.equal(await opened.obtain(api), DOCUMENT);
  assert.deepEqual(provider.issued, ["token-1", "token-2"]);
  for (const token of ["token-2", "token-3"]) refused.add(`Bearer ${token}`);
  const text = `Fetching API spec from ${server.url} failed with status 401 Unauthorized`;
  assert.equal(await opened.obtain(api), text);
  assert.deepEqual(provider.issued, ["token-1", "token-2", "token-3"]);
});

test("specification token - where it is refused, the specification is not asked for", async () => {
  await using opened = await openSpecifications();
  await using provider = await startIdentityProvider({ clients: { me: "other" } });
  await using server = await startTarget();
  const api = { specificationUrl: server.url, specificationCredentials: credentials(provider) };
  assert.equal(
    await opened.obtain(api),
    `Adding authorization for fetching API spec from ${server.url} failed, incorrect response code '401' while getting token from ${provider.tokenUrl}`,
  );
  assert.equal(server.calls.length, 0);
});

for (const [behaviour, reason] of [
  ["html", "failed to unmarshal token response body: the answer is not JSON"],
  ["empty", "failed to unmarshal token response body: unexpected end of JSON input"],
  [{ token: { expires_in: 1 } }, "token response has no access_token"],
] as const) {
  test(`specification token - a token endpoint that answers ${JSON.stringify(behaviour)} is a failure`, async () => {
    await using opened = await openSpecifications();
    await using provider = await startIdentityProvider({ behaviour });
    const specificationUrl = "http://files.example/spec";
    assert.equal(
      await opened.obtain({ specificationUrl, specificationCredentials: credentials(provider) }),
      `Adding authorization for fetching API spec from ${specificationUrl} failed, ${reason}`,
    );
  });
}

test("specification token - the time that it takes counts", async () => {
  const clock = new FakeClock();
  await using opened = await openSpecifications({ clock, specRequestTimeout: 5000 });
  await using provider = await startIdentityProvider({ behaviour: "hang" });
  const specificationUrl = "http://files.example/spec";
  const outcome = opened.obtain({ specificationUrl, specificationCredentials: credentials(provider) });
  while (provider.requests.length === 0) await new Promise(setImmediate);
  await clock.advance(5000);
  assert.equal(
    await outcome,
    `Adding authorization for fetching API spec from ${specificationUrl} failed, failed to make a request to '${provider.tokenUrl}': no answer within 5s`,
  );
});

test("specification token - metadata addresses are no token endpoints, and passwords in URLs are not shown", async () => {
  await using opened = await openSpecifications();
  const specificationUrl = "http://files.example/spec";
  const specificationCredentials = {
    kind: "oauth",
    url: "http://me:hush@169.254.169.254/token?key=hush",
    clientId: "me",
    clientSecret: "hush",
    requestParameters: undefined,
  } as const;
  assert.equal(
    await opened.obtain({ specificationUrl, specificationCredentials }),
    `Adding authorization for fetching API spec from ${specificationUrl} failed, failed to make a request to 'http://169.254.169.254/token': the egress policy refuses the address`,
  );
});
