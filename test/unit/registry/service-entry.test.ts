import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { admit, decode } from "../../../src/core/resources/admission.ts";
import { applicationKind, type ApplicationService } from "../../../src/core/resources/application.ts";
import { serviceEntry } from "../../../src/registry/service-entry.ts";
import type { TextMap } from "../../../src/registry/service-request.ts";
import { anyText } from "../../doubles/any-text.ts";
import { apiRequest, serviceRequest } from "../../doubles/service-requests.ts";

const ID = "fc8ba7b4-0e27-4a4a-9f6b-3b3f4f8e2a11";
const place = { application: "shop", id: ID };
const addressing = {
  compat: "2x",
  gatewayUrl: "http://localhost:8080",
  credentialsNamespace: "kyma-system",
} as const;

function entriesOf(...given: Parameters<typeof serviceRequest>): ApplicationService["entries"] {
  return serviceEntry(serviceRequest(...given), place, addressing).entries;
}

test("service entry - everything that a request may say has its place", () => {
  const request = serviceRequest({
    shortDescription: "Orders",
    identifier: "acme-orders",
    labels: { team: "shop", "connected-app": "another" },
    api: apiRequest({
      specificationUrl: "https://orders.acme.example/spec",
      apiType: "rest",
      requestParameters: { headers: { "X-Tenant": ["7"] }, queryParameters: undefined },
      credentials: {
        kind: "oauth",
        url: "https://idp.acme.example/token",
        clientId: "c1",
        clientSecret: "s1",
        requestParameters: undefined,
        csrfTokenUrl: "https://orders.acme.example/csrf",
      },
    }),
    events: { spec: Buffer.from("{}") },
  });
  const entry = serviceEntry(request, place, addressing);
  assert.deepEqual(entry, {
    id: ID,
    identifier: "acme-orders",
    name: "orders-api-bd1c1",
    displayName: "Orders API",
    description: "Orders",
    longDescription: "All about orders",
    providerDisplayName: "Acme",
    labels: { team: "shop", "connected-app": "shop" },
    entries: [
      {
        type: "API",
        id: "",
        name: "",
        gatewayUrl: "http://localhost:8080/shop/orders-api",
        centralGatewayUrl: "http://localhost:8080/shop/orders-api",
        accessLabel: `shop-${ID}`,
        targetUrl: "https://orders.acme.example/v2",
        specificationUrl: "https://orders.acme.example/spec",
        apiType: "rest",
        requestParametersSecretName: `params-shop-${ID}`,
        credentials: {
          type: "OAuth",
          secretName: `shop-${ID}`,
          authenticationUrl: "https://idp.acme.example/token",
          csrfInfo: { tokenEndpointURL: "https://orders.acme.example/csrf" },
        },
      },
      {
        type: "Events",
        id: "",
        name: "",
        targetUrl: "",
        gatewayUrl: "",
        credentials: { type: "", secretName: "" },
      },
    ],
  });
});

test("service entry - an Application takes it, whatever the request says", () => {
  const given = fc.record({
    name: anyText(),
    provider: anyText(),
    description: anyText(),
    identifier: anyText(),
    labels: fc.dictionary(anyText(20), anyText(20)),
    api: fc.option(
      fc.record({ targetUrl: anyText(), specificationUrl: anyText(), apiType: anyText() }).map(apiRequest),
      { nil: undefined },
    ),
    events: fc.constantFrom(undefined, { spec: Buffer.from("{}") }),
  });
  fc.assert(
    fc.property(given, fc.oneof(fc.uuid(), anyText()), (request, id) => {
      const entry = serviceEntry(serviceRequest(request), { application: "v0.0.1", id }, addressing);
      const decoded = decode(applicationKind, {
        metadata: { name: "v0.0.1" },
        spec: { services: [entry] },
      });
      assert.ok(decoded.kind === "decoded");
      const { value, causes } = admit(applicationKind, decoded.value, undefined);
      assert.deepEqual(causes, []);
      assert.deepEqual(value.spec?.services, [entry]);
    }),
  );
});

test("service entry - what was not given is empty or absent, as the original writes it", () => {
  const { identifier, description, longDescription, labels, entries } = serviceEntry(
    serviceRequest({ api: apiRequest() }),
    place,
    addressing,
  );
  assert.deepEqual([identifier, description, longDescription], ["", "All about orders", "All about orders"]);
  assert.deepEqual(labels, { "connected-app": "shop" });
  assert.deepEqual(entries, [
    {
      type: "API",
      id: "",
      name: "",
      gatewayUrl: "http://localhost:8080/shop/orders-api",
      centralGatewayUrl: "http://localhost:8080/shop/orders-api",
      accessLabel: `shop-${ID}`,
      targetUrl: "https://orders.acme.example/v2",
      credentials: { type: "", secretName: "" },
    },
  ]);
  assert.deepEqual(entriesOf({ events: { spec: undefined } }), []);
});

test("service entry - each kind of credentials has its type, and only OAuth a URL", () => {
  const basic = { kind: "basic", username: "u", password: "p", csrfTokenUrl: "" } as const;
  const generated = { kind: "certificateGen", commonName: "shop", csrfTokenUrl: "" } as const;
  for (const [credentials, type] of [
    [basic, "Basic"],
    [generated, "CertificateGen"],
  ] as const) {
    const [entry] = entriesOf({ api: apiRequest({ credentials }) });
    assert.deepEqual(entry?.credentials, { type, secretName: `shop-${ID}` });
  }
});

test("service entry - request parameters without members need no Secret", () => {
  const requestParameters = { headers: undefined, queryParameters: undefined };
  const [entry] = entriesOf({ api: apiRequest({ requestParameters }) });
  assert.ok(entry && !("requestParametersSecretName" in entry));
});

test("service entry - a changed service keeps its identifier", () => {
  const request = serviceRequest({ identifier: "another" });
  assert.equal(serviceEntry(request, { ...place, identifier: "first" }, addressing).identifier, "first");
  assert.equal(serviceEntry(request, { ...place, identifier: "" }, addressing).identifier, "");
});

test("service entry - in 1.x an API is called by its Access Service, and there is no central gateway", () => {
  const request = serviceRequest({ api: apiRequest() });
  const [entry] = serviceEntry(request, place, { ...addressing, compat: "1x" }).entries;
  assert.equal(entry?.gatewayUrl, `http://shop-${ID}.kyma-system.svc.cluster.local`);
  assert.ok(!("centralGatewayUrl" in entry));
});

test("service entry - a name without ASCII letters is addressed by the id, an Application never cut", () => {
  const request = serviceRequest({ name: "注文", api: apiRequest() });
  const application = "a-very-long-name-of-an-application.v1";
  const [entry] = serviceEntry(request, { application, id: ID }, addressing).entries;
  assert.equal(entry?.centralGatewayUrl, `http://localhost:8080/${application}/fc8ba7b4`);
  assert.equal(entry.accessLabel, `a-very-long-name-of-an-app-${ID}`);
});

test("service entry - passwords in URLs are not kept", () => {
  const [entry] = entriesOf({
    api: apiRequest({
      targetUrl: "https://user:hunter2@orders.acme.example/v2",
      specificationUrl: "https://hunter2@orders.acme.example/spec?a=b@c",
    }),
  });
  assert.equal(entry?.targetUrl, "https://***:***@orders.acme.example/v2");
  assert.equal(entry.specificationUrl, "https://***:***@orders.acme.example/spec?a=b@c");
});

test("service entry - a label __proto__ is a label", () => {
  const labels = JSON.parse('{"__proto__":"a"}') as TextMap;
  const written = serviceEntry(serviceRequest({ labels }), place, addressing).labels;
  assert.equal(JSON.stringify(written), '{"__proto__":"a","connected-app":"shop"}');
});

test("service entry - passwords in the URLs of tokens are not written", () => {
  const [entry] = entriesOf({
    api: apiRequest({
      credentials: {
        kind: "oauth",
        url: "https://me:hunter2@idp.acme.example/token",
        clientId: "c1",
        clientSecret: "s1",
        requestParameters: undefined,
        csrfTokenUrl: "https://me:hunter2@orders.acme.example/csrf",
      },
    }),
  });
  assert.equal(entry?.credentials?.authenticationUrl, "https://***:***@idp.acme.example/token");
  assert.deepEqual(entry.credentials.csrfInfo, {
    tokenEndpointURL: "https://***:***@orders.acme.example/csrf",
  });
});
