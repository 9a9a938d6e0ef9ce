import assert from "node:assert/strict";
import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { load } from "../../../src/config/load.ts";
import { secretName } from "../../../src/connector/open-authority.ts";
import { connectorSettings } from "../../../src/connector/options.ts";
import { settings } from "../../../src/main/settings.ts";
import { call, connectorScene, type SceneOptions } from "../../doubles/connector.ts";
import { TemporaryDirectory } from "../../doubles/temporary-directory.ts";

function loaded(flags: readonly string[], environment: Readonly<Record<string, string>> = {}) {
  const tree = { ...settings({}), connector: connectorSettings };
  return load(tree, { flags, environment });
}

test("connector options - the original's flags and variables mean what they meant", () => {
  const result = loaded(
    [
      "--connectorServiceHost=connector-service.kyma.example.com",
      "--gatewayBaseURL=https://gateway.kyma.example.com",
      "--certificateProtectedHost=gateway.kyma.example.com",
      "--appsInfoURL=https://gateway.kyma.example.com/v1/applications/management/info",
      "--runtimesInfoURL=https://gateway.kyma.example.com/v1/runtimes/management/info",
      "--appTokenExpirationMinutes=7",
      "--runtimeTokenExpirationMinutes=11",
      "--appCertificateValidityTime=92d",
      "--runtimeCertificateValidityTime=36h",
      "--caSecretName=kyma-integration/connector-service-app-ca",
      "--rootCACertificateSecretName=/",
      "--central=true",
      "--tokenLength=128",
      "--internalAPIPort=18080",
      "--lookupEnabled=false",
      "--lookupConfigMapPath=/etc/config/",
      "--tokenTTL=120",
      "--syncPeriod=15",
    ],
    {
      COUNTRY: "PL",
      ORGANIZATION: "Org",
      ORGANIZATIONALUNIT: "Unit",
      LOCALITY: "Gliwice",
      PROVINCE: "Silesia",
    },
  );
  assert.equal(result.kind, "loaded");
  const { connector } = result.options;
  assert.equal(connector.appTokenLifetime, 7 * 60_000);
  assert.equal(connector.runtimeTokenLifetime, 11 * 60_000);
  assert.equal(connector.appCertificateValidity, 92 * 86_400_000);
  assert.equal(connector.runtimeCertificateValidity, 36 * 3_600_000);
  assert.equal(connector.tokenRequests.tokenTtl, 120_000);
  assert.equal(connector.tokenRequests.syncPeriod, 15_000);
  assert.equal(connector.internalPort, 18080);
  assert.equal(connector.central, true);
  assert.deepEqual(
    [
      connector.country,
      connector.organization,
      connector.organizationalUnit,
      connector.locality,
      connector.province,
    ],
    ["PL", "Org", "Unit", "Gliwice", "Silesia"],
  );
});

test("connector options - a validity that is none is refused, not replaced by another", () => {
  for (const validity of ["92", "soon", "-1d", "1y"]) {
    assert.equal(loaded([`--appCertificateValidityTime=${validity}`]).kind, "refused", validity);
  }
});

test("connector options - names of Secrets as the original reads them", () => {
  assert.deepEqual(secretName("ns/x"), { namespace: "ns", name: "x" });
  for (const name of ["x", "x/", "/x"])
    assert.deepEqual(secretName(name), { namespace: "default", name: "x" });
  for (const name of ["/", ""]) assert.equal(secretName(name), undefined);
});

test("connector options - what clients could not work with stops the start", async (context) => {
  const cases: readonly (readonly [SceneOptions, RegExp])[] = [
    [{ organization: "A, Inc" }, /must not contain ","/],
    [{ organizationalUnit: "a=b" }, /must not contain "="/],
    [{ country: "Germany" }, /country of the subject/],
    [{ locality: "" }, /locality of the subject must not be empty/],
    [{ connectorServiceHost: "https://x" }, /connectorServiceHost cannot be used/],
    [{ certificateProtectedHost: "x/y" }, /certificateProtectedHost cannot be used/],
    [{ gatewayBaseURL: "gateway.example.com" }, /gatewayBaseURL cannot be used/],
    [{ appsInfoURL: "ftp://x" }, /appsInfoURL cannot be used/],
    [{ appTokenLifetime: 0 }, /appTokenLifetime cannot be used/],
    [{ appCertificateValidity: 999 }, /appCertificateValidity cannot be used/],
    [{ caKeyFile: "x" }, /each needs the other/],
    [{ caKeyFile: "x", caCertificateFile: "y", caSecret: "z" }, /only one authority/],
  ];
  for (const [options, message] of cases) {
    await assert.rejects(connectorScene(context, options), { code: "CONNECTOR_UNUSABLE_SETTING", message });
  }
});

test("internal listener - beyond the loopback it does not start without a token and TLS", async (context) => {
  using directory = new TemporaryDirectory();
  const internalTokenFile = join(directory.path, "token");
  writeFileSync(internalTokenFile, "0123456789abcdef\n", { mode: 0o600 });
  const unprotected = { code: "CONNECTOR_UNPROTECTED" };
  await assert.rejects(connectorScene(context, { internalHost: "0.0.0.0" }), unprotected);
  await assert.rejects(connectorScene(context, { internalHost: "::" }), unprotected);
  await assert.rejects(connectorScene(context, { internalHost: "0.0.0.0", internalTokenFile }), {
    ...unprotected,
    message: /it has no TLS/,
  });
});

test("internal listener - with a token, nobody without it is answered", async (context) => {
  using directory = new TemporaryDirectory();
  const internalTokenFile = join(directory.path, "token");
  writeFileSync(internalTokenFile, "0123456789abcdef\n", { mode: 0o600 });
  const { internal } = await connectorScene(context, { internalTokenFile });
  const send = (authorization: string) =>
    call(internal, "/v1/applications/tokens", {
      method: "POST",
      headers: { Application: "shop", ...(authorization && { Authorization: authorization }) },
    });
  for (const wrong of [
    "",
    "Bearer",
    "Bearer 0123456789abcdeF",
    "Basic 0123456789abcdef",
    "Bearer 0123456789abcdef0",
  ]) {
    const answer = await send(wrong);
    assert.deepEqual([answer.status, answer.text], [401, '{"code":401,"error":"Unauthorized."}\n'], wrong);
    assert.equal(answer.headers["www-authenticate"], "Bearer");
  }
  assert.equal((await send("bearer 0123456789abcdef")).status, 201);
});

test("internal listener - a token file that others can read, or that is too short, stops the start", async (context) => {
  using directory = new TemporaryDirectory();
  const internalTokenFile = join(directory.path, "token");
  writeFileSync(internalTokenFile, "short", { mode: 0o600 });
  await assert.rejects(connectorScene(context, { internalTokenFile }), {
    code: "CONNECTOR_UNUSABLE_SETTING",
  });
  writeFileSync(internalTokenFile, "0123456789abcdef");
  chmodSync(internalTokenFile, 0o644);
  await assert.rejects(connectorScene(context, { internalTokenFile }), { code: "PKI_FILE_EXPOSED" });
});

test("internal listener - a name that a stranger's DNS could lead here is refused", async (context) => {
  const { internal } = await connectorScene(context);
  const { port } = new URL(internal);
  const send = (host: string) => call(internal, "/v1/health", { headers: { Host: host } });
  for (const host of [`127.0.0.1:${port}`, "localhost", `LOCALHOST:${port}`, "a.localhost", "[::1]:1"]) {
    assert.equal((await send(host)).status, 200, host);
  }
  for (const host of ["evil.example.com", `localhost.example.com:${port}`]) {
    assert.equal((await send(host)).status, 421, host);
  }
});
