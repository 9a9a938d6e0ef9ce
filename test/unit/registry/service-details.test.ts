import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import type { ApplicationEntry, ApplicationService } from "../../../src/core/resources/application.ts";
import { textData } from "../../../src/registry/secret-data.ts";
import { serviceDetails } from "../../../src/registry/service-details.ts";
import type { DocumentType, KeptDocument } from "../../../src/registry/service-documents.ts";

const NO_SECRETS = { credentials: undefined, parameters: undefined };

function service(entry: Partial<ApplicationEntry> | undefined): ApplicationService {
  return {
    id: "5f1c",
    identifier: "acme-orders",
    name: "orders-api-bd1c1",
    displayName: "Orders API",
    description: "Orders",
    longDescription: "All about orders",
    providerDisplayName: "Acme",
    labels: { "connected-app": "shop", team: "shop" },
    entries: entry ? [{ type: "API", targetUrl: "https://orders.acme.example/v2", ...entry }] : [],
  };
}

function document(type: DocumentType, text: string): KeptDocument {
  const content = new TextEncoder().encode(text);
  const hash = createHash("sha256").update(content).digest("hex");
  return { type, fileName: "file", hash, content };
}

function apiOf(
  entry: Partial<ApplicationEntry>,
  secrets: Parameters<typeof serviceDetails>[1] = NO_SECRETS,
): Record<string, unknown> {
  const { api } = JSON.parse(serviceDetails(service(entry), secrets, [])) as {
    api: Record<string, unknown>;
  };
  return api;
}

test("service details - everything that a service has stands in its place", () => {
  const entry = {
    specificationUrl: "https://orders.acme.example/spec",
    apiType: "rest",
    requestParametersSecretName: "params",
    credentials: {
      type: "OAuth",
      secretName: "secret",
      authenticationUrl: "https://idp.acme.example/token",
      csrfInfo: { tokenEndpointURL: "https://orders.acme.example/csrf" },
    },
  };
  const secrets = {
    credentials: textData({ clientId: "c1", clientSecret: "hunter2", headers: '{"X-A":["1"]}' }),
    parameters: textData({ headers: '{"X-Tenant":["7"]}', queryParameters: '{"lang":["en"]}' }),
  };
  const json = serviceDetails(service(entry), secrets, [
    document("openapi", '{ "swagger": "2.0", "n": 1.0 }'),
    document("asyncapi", '{"asyncapi":"2.0.0"}'),
    document("docs", '{"displayName":"Docs <1>"}'),
  ]);
  assert.equal(
    json,
    [
      '{"provider":"Acme","name":"Orders API","description":"All about orders","identifier":"acme-orders",',
      '"labels":{"connected-app":"shop","team":"shop"},',
      '"api":{"targetUrl":"https://orders.acme.example/v2",',
      '"credentials":{"oauth":{"url":"https://idp.acme.example/token","clientId":"********","clientSecret":"********",',
      '"requestParameters":{"headers":{"X-A":["1"]}},',
      '"csrfInfo":{"tokenEndpointURL":"https://orders.acme.example/csrf"}}},',
      '"spec":{"swagger":"2.0","n":1.0},"specificationUrl":"https://orders.acme.example/spec","apiType":"rest",',
      '"requestParameters":{"headers":{"X-Tenant":["7"]},"queryParameters":{"lang":["en"]}}},',
      '"events":{"spec":{"asyncapi":"2.0.0"}},',
      '"documentation":{"displayName":"Docs \\u003c1\\u003e"}}',
    ].join(""),
  );
});

test("service details - what a service has not is left out", () => {
  const bare = { ...service(undefined), identifier: "" };
  assert.equal(
    serviceDetails(bare, NO_SECRETS, []),
    '{"provider":"Acme","name":"Orders API","description":"All about orders","labels":{"connected-app":"shop","team":"shop"}}',
  );
  assert.deepEqual(apiOf({ credentials: { type: "", secretName: "" } }), {
    targetUrl: "https://orders.acme.example/v2",
  });
  assert.deepEqual(apiOf({ credentials: { type: "NoAuth", secretName: "" } }), {
    targetUrl: "https://orders.acme.example/v2",
  });
});

test("service details - basic credentials are masked, also where the Secret has gone", () => {
  const entry = { credentials: { type: "Basic", secretName: "secret" } };
  const masked = { basic: { username: "********", password: "********" } };
  const credentials = textData({ username: "u", password: "hunter2" });
  assert.deepEqual(apiOf(entry, { ...NO_SECRETS, credentials })["credentials"], masked);
  assert.deepEqual(apiOf(entry)["credentials"], masked);
});

test("service details - of a generated pair the certificate is shown, never the key", () => {
  const pem = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";
  const entry = { credentials: { type: "CertificateGen", secretName: "secret" } };
  const credentials = textData({ commonName: "shop", crt: pem, key: "hunter2" });
  assert.deepEqual(apiOf(entry, { ...NO_SECRETS, credentials })["credentials"], {
    certificateGen: { commonName: "shop", certificate: Buffer.from(pem).toString("base64") },
  });
  // A client that sends this back must not turn the credentials off: a mask is refused, an empty name is none.
  assert.deepEqual(apiOf(entry)["credentials"], {
    certificateGen: { commonName: "********", certificate: "" },
  });
});

test("service details - a specification that is no JSON is a string", () => {
  const specOf = (type: "openapi" | "odata", text: string) =>
    (
      JSON.parse(serviceDetails(service({}), NO_SECRETS, [document(type, text)])) as {
        api: { spec: unknown };
      }
    ).api.spec;
  assert.equal(specOf("openapi", "swagger: '2.0'\n"), "swagger: '2.0'\n");
  assert.equal(specOf("odata", "<edmx:Edmx/>"), "<edmx:Edmx/>");
  assert.deepEqual(specOf("odata", '{"$Version":"4.0"}'), { $Version: "4.0" });
});

test("service details - events or a documentation that are no JSON are a fault of ours", () => {
  for (const type of ["asyncapi", "docs"] as const) {
    assert.throws(
      () => serviceDetails(service({}), NO_SECRETS, [document(type, "hunter2")]),
      new TypeError(`the stored document of type ${type} is no JSON`),
    );
  }
});

test("service details - events come from their document, and the last API entry counts", () => {
  const { entries, ...rest } = service({ targetUrl: "https://first.example" });
  const more = [...entries, { type: "API", targetUrl: "https://last.example" }, { type: "Events" }] as const;
  const details = JSON.parse(serviceDetails({ ...rest, entries: [...more] }, NO_SECRETS, [])) as object;
  assert.deepEqual((details as { api: object }).api, { targetUrl: "https://last.example" });
  assert.equal("events" in details, false);
});

test("service details - parameters that somebody has broken by hand are not shown", () => {
  const parameters = textData({ headers: "{", queryParameters: '["hunter2"]' });
  assert.equal("requestParameters" in apiOf({}, { ...NO_SECRETS, parameters }), false);
});

test("service details - passwords in URLs that others have written are masked", () => {
  const url = "https://user:hunter2@orders.acme.example";
  assert.deepEqual(apiOf({ targetUrl: url, specificationUrl: url }), {
    targetUrl: "https://***:***@orders.acme.example",
    specificationUrl: "https://***:***@orders.acme.example",
  });
  const credentials = {
    type: "OAuth",
    secretName: "secret",
    authenticationUrl: url,
    csrfInfo: { tokenEndpointURL: url },
  };
  const { oauth } = apiOf({ credentials })["credentials"] as { oauth: Record<string, unknown> };
  assert.equal(oauth["url"], "https://***:***@orders.acme.example");
  assert.deepEqual(oauth["csrfInfo"], { tokenEndpointURL: "https://***:***@orders.acme.example" });
});
