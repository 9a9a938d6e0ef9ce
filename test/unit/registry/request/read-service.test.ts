import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { readService } from "../../../../src/registry/request/read-service.ts";
import { definitionWith, definitionWithApi, refusalOf, requestOf, wholeDefinition } from "./definitions.ts";

const INVALID = "Failed to validate request body, ";
const STRUCTURE = `${INVALID}Incorrect structure of service definition, `;

const events = { spec: {} };
const oauth = { url: "http://idp.example/token", clientId: "c", clientSecret: "s" };
const basic = { username: "u", password: "p" };
const OAUTH_MESSAGES = [
  "oauth url field cannot be empty",
  "oauth clientId field cannot be empty",
  "oauth clientSecret cannot be empty",
];
const BASIC_MESSAGES = [
  "basic auth username field cannot be empty",
  "basic auth password field cannot be empty",
];

const withApi = (api: object) => definitionWith({ api: { targetUrl: "http://a.example", ...api } });
const withCredentials = (credentials: object) => withApi({ credentials });

/** What is broken, and the messages in their order. */
const BROKEN: readonly (readonly [string, readonly string[]])[] = [
  [definitionWith({ provider: "", events }), ["Provider field cannot be empty."]],
  [definitionWith({ name: "", events }), ["Name field cannot be empty."]],
  [definitionWith({ description: "", events }), ["Description field cannot be empty."]],
  [definitionWith({ api: {} }), ["targetUrl field cannot be empty."]],
  [definitionWith({ api: { targetUrl: "localhost" } }), ["targetUrl: localhost does not validate as url"]],
  [withCredentials({ basic: {} }), BASIC_MESSAGES],
  [withCredentials({ basic: { username: "u" } }), BASIC_MESSAGES.slice(1)],
  [withCredentials({ oauth: {} }), OAUTH_MESSAGES],
  [withCredentials({ oauth: { ...oauth, clientSecret: "" } }), OAUTH_MESSAGES.slice(2)],
  [
    withCredentials({ oauth: { ...oauth, url: "test_com/token" } }),
    ["url: test_com/token does not validate as url"],
  ],
  [withCredentials({ basic: { ...basic, csrfInfo: {} } }), ["tokenEndpointURL field cannot be empty"]],
  [
    withCredentials({ oauth: { ...oauth, csrfInfo: { tokenEndpointURL: "/path" } } }),
    ["tokenEndpointURL: /path does not validate as url"],
  ],
  [
    withCredentials({ certificateGen: { csrfInfo: { tokenEndpointURL: "" } } }),
    ["tokenEndpointURL field cannot be empty"],
  ],
  [withApi({ specificationCredentials: { basic: {} } }), BASIC_MESSAGES],
  [withApi({ specificationCredentials: { oauth: {} } }), OAUTH_MESSAGES],
  [definitionWith({ events: {} }), ["spec cannot be empty"]],
  [
    definitionWith({ events, documentation: {} }),
    [
      "displayName field cannot be empty in documentation",
      "description field cannot be empty in documentation",
      "type field cannot be empty in documentation",
    ],
  ],
];

test("service validation - each broken field has its message", () => {
  for (const [body, messages] of BROKEN) assert.equal(refusalOf(body), STRUCTURE + messages.join(";"), body);
});

test("service validation - the messages of one request stand in the order of the fields, joined by semicolons", () => {
  const method = { csrfInfo: {} };
  const body = {
    documentation: { type: "t" },
    events: {},
    api: {
      specificationCredentials: { oauth: { url: "x" }, basic: {} },
      credentials: { certificateGen: method, oauth: method, basic: method },
    },
  };
  const csrf = "tokenEndpointURL field cannot be empty";
  const messages = [
    ...[
      "Provider field cannot be empty.",
      "Name field cannot be empty.",
      "Description field cannot be empty.",
    ],
    "targetUrl field cannot be empty.",
    ...[...BASIC_MESSAGES, ...OAUTH_MESSAGES, csrf, csrf, csrf],
    ...[...BASIC_MESSAGES, "url: x does not validate as url", ...OAUTH_MESSAGES.slice(1)],
    "spec cannot be empty",
    "displayName field cannot be empty in documentation",
    "description field cannot be empty in documentation",
  ];
  assert.equal(refusalOf(JSON.stringify(body)), STRUCTURE + messages.join(";"));
});

test("service validation - null in place of the definition says nothing, as an empty object", () => {
  const expected = `${STRUCTURE}Provider field cannot be empty.;Name field cannot be empty.;Description field cannot be empty.`;
  assert.equal(refusalOf("null"), expected);
  assert.equal(refusalOf("{}"), expected);
});

test("service validation - a service has an API or events", () => {
  const expected = `${INVALID}At least one of service definition attributes: 'api', 'events' have to be provided`;
  assert.equal(refusalOf(definitionWith({})), expected);
  assert.equal(refusalOf(definitionWith({ api: null, events: null })), expected);
  assert.equal(refusalOf(definitionWith({ api: { targetUrl: "http://a.example" } })), "accepted");
  assert.equal(refusalOf(definitionWith({ events })), "accepted");
});

test("service validation - a specification is a JSON object", () => {
  const others = { string: '"openapi: 3.0.0"', array: "[]", number: "1.0", bool: "true" };
  for (const [kind, written] of Object.entries(others)) {
    const reason = `is not a proper json object, json: cannot unmarshal ${kind} into Go value of type map[string]*json.RawMessage`;
    assert.equal(refusalOf(definitionWithApi(`"spec":${written}`)), `${INVALID}api.Spec ${reason}`);
    const withEvents = definitionWith({ events: { spec: JSON.parse(written) as unknown } });
    assert.equal(refusalOf(withEvents), `${INVALID}events.Spec ${reason}`);
  }
});

test("service validation - null for a specification passes, and there is none then", () => {
  assert.equal(requestOf(definitionWithApi('"spec": null')).api?.spec, undefined);
  assert.deepEqual(requestOf(definitionWith({ events: { spec: null } })).events, { spec: undefined });
});

test("service validation - one way of authentication at most, here and for the specification", () => {
  const expected = `${INVALID}api.CredentialsWithCSRF is invalid: to many authentication methods provided`;
  assert.equal(refusalOf(withCredentials({ basic, oauth })), expected);
  assert.equal(refusalOf(withCredentials({ basic, certificateGen: {} })), expected);
  assert.equal(refusalOf(withCredentials({ oauth, certificateGen: { commonName: "c" } })), expected);
  assert.equal(refusalOf(withApi({ specificationCredentials: { basic, oauth } })), expected);
  assert.equal(refusalOf(withCredentials({ basic, oauth: null })), "accepted");
  assert.equal(refusalOf(withApi({ specificationCredentials: { basic, certificateGen: {} } })), "accepted");
});

test("service validation - of several reasons fields come first, then the API's specification, credentials, events", () => {
  const two = '"credentials":{"basic":{"username":"u","password":"p"},"certificateGen":{}}';
  const body = (api: string, name: string) =>
    `{"provider":"p","name":"${name}","description":"d","events":{"spec":[]},"api":{"targetUrl":"http://a.example",${api}}}`;
  assert.match(refusalOf(body(`${two},"spec":[]`, "")), /Name field cannot be empty\.$/);
  assert.match(refusalOf(body(`${two},"spec":[]`, "n")), /api\.Spec/);
  assert.match(refusalOf(body(two, "n")), /CredentialsWithCSRF/);
  assert.match(refusalOf(body('"apiType":""', "n")), /events\.Spec/);
});

test("service request - credentials keep their kind and where their CSRF token is fetched", () => {
  const csrfInfo = { tokenEndpointURL: "http://a.example/csrf" };
  const credentials = (given: object) => requestOf(withCredentials(given)).api?.credentials;
  assert.deepEqual(credentials({ basic }), { kind: "basic", ...basic, csrfTokenUrl: "" });
  assert.deepEqual(credentials({ basic: { ...basic, csrfInfo } }), {
    kind: "basic",
    ...basic,
    csrfTokenUrl: csrfInfo.tokenEndpointURL,
  });
  assert.deepEqual(credentials({ oauth: { ...oauth, csrfInfo: null } }), {
    kind: "oauth",
    ...oauth,
    requestParameters: undefined,
    csrfTokenUrl: "",
  });
  assert.deepEqual(credentials({ certificateGen: { commonName: "c", certificate: "ignored", csrfInfo } }), {
    kind: "certificateGen",
    commonName: "c",
    csrfTokenUrl: csrfInfo.tokenEndpointURL,
  });
});

test("service request - empty credentials, and a certificate for nobody, are none", () => {
  for (const credentials of [
    {},
    { certificateGen: {} },
    { certificateGen: { commonName: "" } },
    { basic: null },
  ]) {
    assert.equal(requestOf(withCredentials(credentials)).api?.credentials, undefined);
  }
});

test("service request - credentials for the specification are read apart", () => {
  const specification = (given: object) => requestOf(withApi(given)).api;
  assert.deepEqual(specification({ specificationCredentials: { basic } })?.specificationCredentials, {
    kind: "basic",
    ...basic,
  });
  assert.deepEqual(specification({ specificationCredentials: { oauth } })?.specificationCredentials, {
    kind: "oauth",
    ...oauth,
    requestParameters: undefined,
  });
  assert.equal(specification({ specificationCredentials: {} })?.specificationCredentials, undefined);
  const parameters = specification({ specificationRequestParameters: { headers: { A: ["b"] } } });
  assert.deepEqual({ ...parameters?.specificationRequestParameters?.headers }, { A: ["b"] });
});

test("service request - the deprecated spelling of parameters counts only without the other, as a whole", () => {
  const parameters = (given: object) => requestOf(withApi(given)).api?.requestParameters;
  const plain = (given: object) => JSON.parse(JSON.stringify(parameters(given))) as unknown;
  const deprecated = { headers: { Old: ["1"] }, queryParameters: { old: ["2"] } };
  assert.equal(parameters({}), undefined);
  assert.deepEqual(plain(deprecated), deprecated);
  assert.deepEqual(plain({ headers: deprecated.headers }), { headers: deprecated.headers });
  assert.deepEqual(plain({ ...deprecated, requestParameters: { headers: { New: ["3"] } } }), {
    headers: { New: ["3"] },
  });
  assert.deepEqual(plain({ ...deprecated, requestParameters: {} }), {});
  assert.deepEqual(plain({ ...deprecated, requestParameters: null }), deprecated);
});

test("service request - the refusal of an endless URL shows its beginning, and no password in it", () => {
  const targetUrl = `http://user:secret-of-mine@a.example/${"x".repeat(1_000_000)}`;
  const refusal = refusalOf(definitionWith({ api: { targetUrl } }));
  assert.ok(refusal.length < 10_000);
  assert.ok(!refusal.includes("secret-of-mine"));
  assert.ok(refusal.startsWith(`${STRUCTURE}targetUrl: http://***:***@a.example/xxx`));
  assert.ok(refusal.endsWith("… does not validate as url"));
});

test("service request - no bytes make the reading fail", () => {
  const damaged = fc.tuple(fc.nat(), fc.uint8Array({ maxLength: 4 })).map(([offset, bytes]) => {
    const whole = Buffer.from(JSON.stringify(wholeDefinition));
    const at = offset % whole.length;
    return Buffer.concat([whole.subarray(0, at), bytes, whole.subarray(at + bytes.length)]);
  });
  const any = fc.oneof(
    fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
    fc.json().map((text) => Buffer.from(text)),
    damaged,
  );
  const property = fc.property(any, (body) => {
    const result = readService(body);
    if ("refused" in result)
      assert.match(result.refused, /^Failed to (?:unmarshal|validate) request body, ./);
    else assert.notEqual(result.name, "");
  });
  fc.assert(property, { numRuns: 3000 });
});

const anyValue = fc.oneof(
  fc.string(),
  fc.constantFrom("http://a.example", null, 1, true, "", "localhost"),
  fc.jsonValue(),
);
const anyKey = fc.constantFrom(
  ...["provider", "name", "description", "labels", "api", "events", "documentation", "spec", "targetUrl"],
  ...["credentials", "basic", "oauth", "certificateGen", "csrfInfo", "headers", "tags", "docs", "__proto__"],
);

test("service request - any JSON with the names of its fields is either refused or read", () => {
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof(
      { maxDepth: 5 },
      anyValue,
      fc.array(tie("tree"), { maxLength: 3 }),
      fc.dictionary(anyKey, tie("tree"), { maxKeys: 5 }),
    ),
  }));
  const whole = fc.dictionary(anyKey, tree).map((parts) => definitionWith(parts));
  fc.assert(
    fc.property(whole, (body) => assert.equal(typeof readService(Buffer.from(body)), "object")),
    { numRuns: 500 },
  );
});
