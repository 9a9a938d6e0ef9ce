import { deepEqual, equal, ok } from "node:assert/strict";
import { test } from "node:test";
import type { TLSSocket } from "node:tls";
import { shop } from "../doubles/applications.ts";
import { TestAuthority } from "../doubles/certificates.ts";
import { startGateway } from "../doubles/gateway.ts";
import { startIdentityProvider } from "../doubles/identity-provider.ts";
import { startTarget } from "../doubles/target.ts";
import { answersExchanges } from "../doubles/token-exchange.ts";
import { openUpgrade } from "../doubles/upgrade-caller.ts";
import { switching, UpgradeTarget, type Upgrading } from "../doubles/upgrade-target.ts";

const API_KEY = "s3cret/k3y+&é";
const SENT = "s3cret%2Fk3y%2B%26%C3%A9";

test("gateway upgrade credentials - an API key in a header replaces the caller's of that name", async () => {
  await using target = await UpgradeTarget.start();
  await using gateway = await startGateway({
    applications: [shop(target.url, { credentials: { type: "ApiKey", secretName: "s" } })],
    secrets: { s: { apiKey: API_KEY, header: "X-Api-Key" } },
  });
  await using caller = await openUpgrade(gateway.port, {
    more: ["x-api-key: mine", "Authorization: Bearer own"],
  });
  equal(await caller.status(), 101);
  const { headers } = (await target.upgrade(1)).request;
  equal(headers["x-api-key"], Buffer.from(API_KEY).toString("latin1"));
  equal(headers.authorization, "Bearer own");
});

test("gateway upgrade credentials - an API key in the query is sent, and withheld where the 101 repeats it", async () => {
  const echoesUrl: Upgrading = (upgrade) => {
    const { url = "" } = upgrade.request;
    upgrade.socket.write(
      switching(upgrade, `Content-Location: ${url}`, `Link: <${url}>; rel="self"`),
      "latin1",
    );
  };
  await using target = await UpgradeTarget.start(echoesUrl);
  await using gateway = await startGateway({
    applications: [shop(target.url, { credentials: { type: "ApiKey", secretName: "s" } })],
    secrets: { s: { apiKey: API_KEY, queryParameter: "key" } },
  });
  await using caller = await openUpgrade(gateway.port, { path: "/shop/orders-api/live?a=1&key=mine" });
  equal(await caller.status(), 101);
  equal((await target.upgrade(1)).request.url, `/live?a=1&key=${SENT}`);
  const head = (await caller.head()).join("\n");
  ok(head.includes("Content-Location: /live?a=1"), head);
  ok(!head.includes("s3cret"), head);
});

test("gateway upgrade credentials - the caller's token is exchanged, and what came of it is this caller's alone", async () => {
  await using target = await UpgradeTarget.start();
  await using tokens = await startTarget(answersExchanges((subject) => subject !== "expired"));
  const credentials = { type: "OAuth", secretName: "s", authenticationUrl: `${tokens.url}/token` };
  await using gateway = await startGateway({
    applications: [shop(target.url, { credentials })],
    secrets: {
      s: {
        clientId: "gateway",
        clientSecret: "s",
        grantType: "urn:ietf:params:oauth:grant-type:token-exchange",
      },
    },
  });
  for (const caller of ["anna", "berta", "anna"]) {
    // eslint-disable-next-line no-await-in-loop -- one caller after the other
    await using upgraded = await openUpgrade(gateway.port, { more: [`Authorization: Bearer ${caller}`] });
    // eslint-disable-next-line no-await-in-loop -- one caller after the other
    equal(await upgraded.status(), 101);
  }
  deepEqual(
    target.upgrades.map(({ request }) => request.headers.authorization),
    ["Bearer for-anna", "Bearer for-berta", "Bearer for-anna"],
  );
  equal(tokens.calls.length, 2);
  for (const more of [[], ["Authorization: Bearer expired"]]) {
    // eslint-disable-next-line no-await-in-loop -- one caller after the other
    await using refused = await openUpgrade(gateway.port, { more });
    // eslint-disable-next-line no-await-in-loop -- one caller after the other
    equal(await refused.status(), 401);
  }
  equal(target.upgrades.length, 3);
});

test("gateway upgrade credentials - a bound token goes with its certificate, to the provider and to the target", async () => {
  const authority = await TestAuthority.create();
  const server = await authority.server();
  await using provider = await startIdentityProvider({ tls: { ...server, clientAuthority: authority.crt } });
  const tls = { cert: server.crt, key: server.key, ca: authority.crt };
  await using target = await UpgradeTarget.start(undefined, {
    ...tls,
    requestCert: true,
    rejectUnauthorized: true,
  });
  const credentials = { type: "OAuthWithCert", secretName: "s", authenticationUrl: provider.tokenUrl };
  await using gateway = await startGateway({
    authority,
    applications: [shop(target.url, { credentials })],
    secrets: { s: { clientId: "shop", certificateBoundTokens: "true", ...(await authority.client("shop")) } },
  });
  await using caller = await openUpgrade(gateway.port);
  equal(await caller.status(), 101);
  const { request, socket } = await target.upgrade(1);
  equal((socket as TLSSocket).getPeerCertificate().subject.CN, "shop");
  equal(request.headers.authorization, `Bearer ${provider.issued[0]}`);
  equal(provider.requests[0]?.clientCertificate, "shop");
});
