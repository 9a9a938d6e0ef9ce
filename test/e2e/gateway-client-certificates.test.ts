import { deepEqual, equal, match } from "node:assert/strict";
import { test } from "node:test";
import type { TLSSocket } from "node:tls";
import { api, application, service, shop } from "../doubles/applications.ts";
import { TestAuthority } from "../doubles/certificates.ts";
import { startGateway } from "../doubles/gateway.ts";
import { startIdentityProvider } from "../doubles/identity-provider.ts";
import { startTarget, type Target } from "../doubles/target.ts";

const certificate = (secretName: string) => ({ credentials: { type: "CertificateGen", secretName } });

interface Scene extends AsyncDisposable {
  readonly authority: TestAuthority;
  readonly target: Target;
  /** Common names of the certificates that were presented, one for each connection; "" for none. */
  readonly presented: string[];
}

/** A target that asks for a client certificate of the authority, and may insist on one. */
async function startScene(requires: boolean): Promise<Scene> {
  const authority = await TestAuthority.create();
  const { crt, key } = await authority.server();
  const target = await startTarget(undefined, {
    tls: { cert: crt, key, ca: authority.crt, requestCert: true, rejectUnauthorized: requires },
  });
  const presented: string[] = [];
  target.onConnection((socket) => {
    presented.push(String((socket as TLSSocket).getPeerCertificate().subject?.CN ?? ""));
  });
  return { authority, target, presented, [Symbol.asyncDispose]: () => target[Symbol.asyncDispose]() };
}

test("gateway client certificates - CertificateGen presents the certificate and adds no header", async () => {
  await using scene = await startScene(true);
  const { authority, target, presented } = scene;
  await using gateway = await startGateway({
    authority,
    applications: [shop(target.url, certificate("cert"))],
    secrets: { cert: { ...(await authority.client("shop")) } },
  });
  const answer = await gateway.call("GET", "/shop/orders-api/x", { headers: ["Authorization: Bearer own"] });
  equal(answer.status, 200);
  deepEqual(presented, ["shop"]);
  deepEqual(target.last.headerAll("Authorization"), ["Bearer own"]);
});

test("gateway client certificates - text before the first block of a certificate is no harm", async () => {
  await using scene = await startScene(true);
  const { authority, target } = scene;
  const { crt, key } = await authority.client("shop");
  await using gateway = await startGateway({
    authority,
    applications: [shop(target.url, certificate("cert"))],
    secrets: { cert: { crt: `Bag Attributes\n  friendlyName: shop\n${crt}${authority.crt}`, key } },
  });
  equal((await gateway.call("GET", "/shop/orders-api/x")).status, 200);
});

test("gateway client certificates - a target that merely asks for one is called without", async () => {
  await using scene = await startScene(false);
  const { authority, target, presented } = scene;
  await using gateway = await startGateway({ authority, applications: [shop(target.url)] });
  equal((await gateway.call("GET", "/shop/orders-api/x")).status, 200);
  deepEqual(presented, [""]);
});

test("gateway client certificates - a target that requires one and gets none is 502", async () => {
  await using scene = await startScene(true);
  const { authority, target } = scene;
  await using gateway = await startGateway({ authority, applications: [shop(target.url)] });
  const answer = await gateway.call("GET", "/shop/orders-api/x");
  equal(answer.status, 502);
  equal(answer.header("X-Gateway-Error"), "target");
  equal(target.calls.length, 0);
});

test("gateway client certificates - services with different certificates never share a connection", async () => {
  await using scene = await startScene(true);
  const { authority, target, presented } = scene;
  await using gateway = await startGateway({
    authority,
    applications: [
      application("shop", [
        service("one", [api(target.url, certificate("one"))]),
        service("two", [api(target.url, certificate("two"))]),
      ]),
    ],
    secrets: { one: { ...(await authority.client("one")) }, two: { ...(await authority.client("two")) } },
  });
  for (const name of ["one", "two", "one", "two"]) {
    equal((await gateway.call("GET", `/shop/${name}/x`)).status, 200);
  }
  deepEqual(presented, ["one", "two"]);
  deepEqual(
    target.calls.map(({ connection }) => connection),
    [1, 2, 1, 2],
  );
});

test("gateway client certificates - with Access-Token the certificate is not presented", async () => {
  await using scene = await startScene(false);
  const { authority, target, presented } = scene;
  await using gateway = await startGateway({
    authority,
    applications: [shop(target.url, certificate("cert"))],
    secrets: { cert: { ...(await authority.client("shop")) } },
  });
  await gateway.call("GET", "/shop/orders-api/x");
  await gateway.call("GET", "/shop/orders-api/x", { headers: ["Access-Token: Bearer mine"] });
  deepEqual(presented, ["shop", ""]);
});

test("gateway client certificates - a changed certificate is presented on a new connection", async () => {
  await using scene = await startScene(true);
  const { authority, target, presented } = scene;
  await using gateway = await startGateway({
    authority,
    applications: [shop(target.url, certificate("cert"))],
    secrets: { cert: { ...(await authority.client("old")) } },
  });
  await gateway.call("GET", "/shop/orders-api/x");
  gateway.applySecret("cert", { ...(await authority.client("new")) });
  await gateway.call("GET", "/shop/orders-api/x");
  deepEqual(presented, ["old", "new"]);
});

test("gateway client certificates - the CSRF endpoint gets it too", async () => {
  await using scene = await startScene(true);
  const { authority, target, presented } = scene;
  target.answering = (call) => call.respond(200, { "X-Csrf-Token": "t" });
  await using gateway = await startGateway({
    authority,
    applications: [
      shop(target.url, {
        credentials: {
          type: "CertificateGen",
          secretName: "cert",
          csrfInfo: { tokenEndpointURL: `${target.url}/csrf` },
        },
      }),
    ],
    secrets: { cert: { ...(await authority.client("shop")) } },
  });
  equal((await gateway.call("POST", "/shop/orders-api/x")).status, 200);
  deepEqual(new Set(presented), new Set(["shop"]));
  equal(target.last.header("X-Csrf-Token"), "t");
});

test("gateway client certificates - OAuthWithCert presents it for the token alone and sends no secret", async () => {
  await using scene = await startScene(false);
  const { authority, target, presented } = scene;
  const server = await authority.server();
  await using provider = await startIdentityProvider({ tls: { ...server, clientAuthority: authority.crt } });
  await using gateway = await startGateway({
    authority,
    applications: [
      shop(target.url, {
        credentials: { type: "OAuthWithCert", secretName: "cert", authenticationUrl: provider.tokenUrl },
      }),
    ],
    secrets: { cert: { clientId: "my id", clientSecret: "unused", ...(await authority.client("shop")) } },
  });
  equal((await gateway.call("GET", "/shop/orders-api/x")).status, 200);
  match(target.last.header("Authorization") ?? "", /^Bearer token-1$/);
  deepEqual(presented, [""]);
  const [request] = provider.requests;
  equal(request?.clientCertificate, "shop");
  equal(request?.head.header("Authorization"), undefined);
  equal(request?.body.toString(), "client_id=my+id&grant_type=client_credentials");
});
