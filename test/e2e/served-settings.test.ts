import { deepEqual, equal, match } from "node:assert/strict";
import { test } from "node:test";
import { service, api } from "../doubles/applications.ts";
import { TestAuthority } from "../doubles/certificates.ts";
import { eventually } from "../doubles/eventually.ts";
import { application, ServedInstallation } from "../doubles/served-installation.ts";
import { startTarget } from "../doubles/target.ts";

const APPLICATION = "/apis/applicationconnector.kyma-project.io/v1alpha1/applications/shop";

test("served settings - annotations of a stored Application take effect, are described, and a mistake is refused", async () => {
  const authority = await TestAuthority.create();
  const { crt: cert, key } = await authority.server();
  await using target = await startTarget(undefined, { tls: { cert, key } });
  await using served = await ServedInstallation.start();
  const services = [service("Orders", [api(target.url)]), service("Prices", [api(target.url)])];
  await served.apply(application("shop", { services }));
  const annotate = async (annotations: Readonly<Record<string, string | null>>) =>
    await served.admin("PATCH", APPLICATION, { body: { metadata: { annotations } } });
  const answers = async (path: string, status: number, error?: RegExp) =>
    await eventually(async () => {
      const answer = await fetch(new URL(path, served.address("gateway")));
      const text = await answer.text();
      equal(answer.status, status, text);
      if (error) match(text, error);
    });

  await answers("/shop/orders/x", 502, /not trusted|self-signed/);
  equal((await annotate({ "orders.appconn.dev/ca-bundle": "erp-authorities" })).status, 200);
  await answers("/shop/orders/x", 500, /Secret 'erp-authorities'.*it does not exist/);
  const metadata = { name: "erp-authorities", namespace: "kyma-system" };
  const secret = { apiVersion: "v1", kind: "Secret", metadata, stringData: { "ca.crt": authority.crt } };
  await served.apply(secret);
  await answers("/shop/orders/x", 200);
  await answers("/shop/prices/x", 502);

  equal((await annotate({ "appconn.dev/allowed-networks": "192.0.2.0/24" })).status, 200);
  await answers("/shop/orders/x", 403, /not in the networks/);
  const described = await served.administer(["describe", "application", "shop"]);
  match(described, /ca-bundle:\s+erp-authorities/);
  match(described, /allowed-networks:\s+192\.0\.2\.0\/24/);

  const refused = await annotate({ "appconn.dev/allowed-networks": "everywhere" });
  equal(refused.status, 422);
  const { details } = (await refused.json()) as { details: { causes: { field: string }[] } };
  deepEqual(
    details.causes.map(({ field }) => field),
    ["metadata.annotations[appconn.dev/allowed-networks]"],
  );
  equal((await annotate({ "appconn.dev/allowed-networks": null })).status, 200);
  await answers("/shop/orders/x", 200);
});

test("served settings - with gateway.requireOwnSecrets another's Secret is of no use until it is labelled", async () => {
  await using target = await startTarget();
  await using served = await ServedInstallation.start(["--gateway-require-own-secrets"]);
  const credentials = { type: "Basic", secretName: "orders" };
  await served.apply(
    application("shop", { services: [service("Orders", [api(target.url, { credentials })])] }),
  );
  const secret = (labels: Readonly<Record<string, string>>) => ({
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: "orders", namespace: "kyma-system", labels },
    stringData: { username: "u", password: "p" },
  });
  const answers = async (status: number) =>
    await eventually(async () => {
      const answer = await fetch(new URL("/shop/orders/x", served.address("gateway")));
      const text = await answer.text();
      equal(answer.status, status, text);
      if (status === 500) match(text, /it does not belong to the Application: label it app=shop/);
    });
  await served.apply(secret({ app: "erp" }));
  await answers(500);
  await served.apply(secret({ app: "shop" }));
  await answers(200);
});
