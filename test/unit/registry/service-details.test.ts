import assert from "node:assert/strict";
import { test } from "node:test";
import type { ApplicationEntry, ApplicationService } from "../../../src/core/resources/application.ts";
import { textData } from "../../../src/registry/secret-data.ts";
import { embeddedContent } from "../../../src/registry/embedded-content.ts";
import { serviceDetails } from "../../../src/registry/service-details.ts";
import type { DocumentType } from "../../../src/registry/service-documents.ts";

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

/** What GET answers, with these texts as documents. */
function detailsOf(
  shown: ApplicationService,
  secrets: Parameters<typeof serviceDetails>[1],
  documents: Partial<Record<DocumentType, string>> = {},
): string {
  const embedded = Object.entries(documents).map(
    ([type, text]) => [type as DocumentType, embeddedContent(Buffer.from(text)).json] as const,
  );
  const pieces = serviceDetails(shown, secrets, new Map(embedded));
  return pieces.map((piece) => (typeof piece === "string" ? piece : Buffer.from(piece).toString())).join("");
}

function apiOf(
  entry: Partial<ApplicationEntry>,
  secrets: Parameters<typeof serviceDetails>[1] = NO_SECRETS,
): Record<string, unknown> {
  const { api } = JSON.parse(detailsOf(service(entry), secrets)) as {
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
  const json = detailsOf(service(entry), secrets, {
    openapi: '{ "swagger": "2.0", "n": 1.0 }',
    asyncapi: '{"asyncapi":"2.0.0"}',
    docs: '{"displayName":"Docs <1>"}',
  });
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
    detailsOf(bare, NO_SECRETS),
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
      JSON.parse(detailsOf(service({}), NO_SECRETS, { [type]: text })) as {
        api: { spec: unknown };
      }
    ).api.spec;
  assert.equal(specOf("openapi", "swagger: '2.0'\n"), "swagger: '2.0'\n");
  assert.equal(specOf("odata", "<edmx:Edmx/>"), "<edmx:Edmx/>");
  assert.deepEqual(specOf("odata", '{"$Version":"4.0"}'), { $Version: "4.0" });
});

test("service details - events come from their document, and the last API entry counts", () => {
  const { entries, ...rest } = service({ targetUrl: "https://first.example" });
  const more = [...entries, { type: "API", targetUrl: "https://last.example" }, { type: "Events" }] as const;
  const details = JSON.parse(detailsOf({ ...rest, entries: [...more] }, NO_SECRETS)) as object;
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

test("service details - headers and query parameters are in the order of their names, whoever wrote them", () => {
  const parameters = textData({
    headers: '{"x-b":["1"], "X-A":["2"], "x-b":["<3>"], "10":["4"], "9":["5"]}',
    queryParameters: '{"z":["1"],"a":[]}',
  });
  const credentials = textData({ clientId: "c1", headers: '{"b":["1"],"a":["2"]}' });
  const entry = {
    credentials: { type: "OAuth", secretName: "secret", authenticationUrl: "https://idp.example" },
  };
  const text = detailsOf(service(entry), { credentials, parameters });
  const shown = [
    '"requestParameters":{"headers":{"10":["4"],"9":["5"],"X-A":["2"],"x-b":["\\u003c3\\u003e"]},"queryParameters":{"a":[],"z":["1"]}}',
    '"requestParameters":{"headers":{"a":["2"],"b":["1"]}}',
  ];
  for (const part of shown) assert.ok(text.includes(part), text);
});
