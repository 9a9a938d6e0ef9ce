import { deepEqual, equal, match } from "node:assert/strict";
import { test } from "node:test";
import type { Application } from "../../src/core/resources/application.ts";
import type { New } from "../../src/core/resources/resource.ts";
import { annotated } from "../doubles/annotated.ts";
import { api, application, service } from "../doubles/applications.ts";
import { TestAuthority } from "../doubles/certificates.ts";
import { startGateway } from "../doubles/gateway.ts";
import { startIdentityProvider } from "../doubles/identity-provider.ts";
import { startTarget } from "../doubles/target.ts";

type Annotations = Readonly<Record<string, string>>;

/** Called at `/{name}/orders/…`. */
function app(name: string, targetUrl: string, annotations: Annotations = {}): New<Application> {
  return annotated(application(name, [service("Orders", [api(targetUrl)])]), annotations);
}

test("gateway trust - a CA bundle is trusted by the calls of its Application alone, at the same target", async () => {
  const authority = await TestAuthority.create();
  const { crt, key } = await authority.server();
  await using target = await startTarget(undefined, { tls: { cert: crt, key } });
  await using gateway = await startGateway({
    applications: [app("trusting", target.url, { "appconn.dev/ca-bundle": "ca" }), app("other", target.url)],
    secrets: { ca: { "ca.crt": `# ours\n${authority.crt}` } },
  });
  equal((await gateway.call("GET", "/trusting/orders/x")).status, 200);
  // Its connection is kept, and must not serve those who do not trust its certificate.
  match((await gateway.call("GET", "/other/orders/x")).text, /not trusted|self-signed/);
  equal((await gateway.call("GET", "/trusting/orders/x")).status, 200);
  equal(target.calls.length, 2);
});

test("gateway trust - a CA bundle that is missing or none is told, and a new one counts at once", async () => {
  const authority = await TestAuthority.create();
  const { crt, key } = await authority.server();
  await using target = await startTarget(undefined, { tls: { cert: crt, key } });
  await using gateway = await startGateway({
    applications: [app("shop", target.url, { "appconn.dev/ca-bundle": "ca" })],
  });
  const error = async () => ((await gateway.call("GET", "/shop/orders/x")).json() as { error: string }).error;
  const text = "Secret 'ca' of annotation 'ca-bundle' is no bundle of certificate authorities:";
  equal(await error(), `${text} it does not exist`);
  gateway.applySecret("ca", { "ca.crt": "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----" });
  equal(await error(), `${text} its key 'ca.crt' holds no certificates in PEM form`);
  equal(target.accepted, 0);
  gateway.applySecret("ca", { "ca.crt": authority.crt });
  equal((await gateway.call("GET", "/shop/orders/x")).status, 200);
});

test("gateway trust - the token endpoint is trusted by the same bundle", async () => {
  const authority = await TestAuthority.create();
  const { crt, key } = await authority.server();
  await using target = await startTarget(undefined, { tls: { cert: crt, key } });
  await using provider = await startTarget(
    async (call) => {
      await call.respond(200, {}, '{"access_token":"t","expires_in":3600}');
    },
    { tls: { cert: crt, key } },
  );
  const credentials = { type: "OAuth", secretName: "oauth", authenticationUrl: `${provider.url}/token` };
  const written = application("shop", [service("Orders", [api(target.url, { credentials })])]);
  await using gateway = await startGateway({
    applications: [annotated(written, { "appconn.dev/ca-bundle": "ca" })],
    secrets: { ca: { "ca.crt": authority.crt }, oauth: { clientId: "c", clientSecret: "s" } },
  });
  equal((await gateway.call("GET", "/shop/orders/x")).status, 200);
  equal(target.last.header("authorization"), "Bearer t");
});

test("gateway trust - the server name is asked for and expected, at the target of its API alone", async () => {
  const authority = await TestAuthority.create();
  const { crt, key } = await authority.certificate({
    subject: "CN=erp.example.com",
    usages: ["1.3.6.1.5.5.7.3.1"],
  });
  const asked: (string | undefined)[] = [];
  await using target = await startTarget(undefined, {
    tls: { cert: crt, key, SNICallback: (name, callback) => (asked.push(name), callback(null)) },
  });
  await using gateway = await startGateway({
    authority,
    applications: [
      app("named", target.url, { "appconn.dev/server-name": "erp.example.com" }),
      app("other", target.url),
    ],
  });
  equal((await gateway.call("GET", "/named/orders/x")).status, 200);
  equal((await gateway.call("GET", "/other/orders/x")).status, 502);
  deepEqual(asked, ["erp.example.com", "localhost"]);
});

test("gateway trust - an address policy refuses what the target's name resolves to, for its Application alone", async () => {
  await using target = await startTarget();
  const url = `http://localhost:${target.port}`;
  await using gateway = await startGateway({
    applications: [app("limited", url, { "appconn.dev/address-policy": "public" }), app("other", url)],
  });
  equal((await gateway.call("GET", "/other/orders/x")).status, 200);
  // A connection to the target is kept, which is no way around the policy.
  const refused = await gateway.call("GET", "/limited/orders/x");
  equal(refused.status, 502);
  equal(refused.header("X-Gateway-Error"), "policy");
  equal(target.calls.length, 1);
  gateway.apply(app("limited", url, { "appconn.dev/address-policy": "private" }));
  equal((await gateway.call("GET", "/limited/orders/x")).status, 200);
});

test("gateway trust - an address policy holds for a written address and for the token endpoint", async () => {
  await using target = await startTarget();
  await using idp = await startIdentityProvider();
  const credentials = { type: "OAuth", secretName: "oauth", authenticationUrl: idp.tokenUrl };
  const written = application("shop", [
    service("Orders", [api(target.url)]),
    service("Prices", [api("https://prices.invalid", { credentials })]),
  ]);
  const annotations = { "appconn.dev/address-policy": "!127.0.0.0/8, !::1/128" };
  await using gateway = await startGateway({
    applications: [annotated(written, annotations)],
    secrets: { oauth: { clientId: "c", clientSecret: "s" } },
  });
  for (const path of ["/shop/orders/x", "/shop/prices/x"]) {
    const refused = await gateway.call("GET", path);
    equal(refused.status, 502, path);
    equal(refused.header("X-Gateway-Error"), "policy", path);
  }
  equal(target.accepted, 0);
});
