import assert from "node:assert/strict";
import { test } from "node:test";
import {
  definitionWith,
  definitionWithApi,
  refusalOf,
  requestOf,
  textOf,
  wholeDefinition,
} from "./definitions.ts";

const UNREAD = "Failed to unmarshal request body, ";

test("service definition - the whole example is read, nothing more and nothing less", () => {
  const { api, events } = wholeDefinition;
  const { csrfInfo, ...oauth } = api.credentials.oauth;
  const expected = {
    ...wholeDefinition,
    api: {
      targetUrl: api.targetUrl,
      spec: JSON.stringify(api.spec),
      specificationUrl: "",
      apiType: "",
      requestParameters: api.requestParameters,
      credentials: {
        kind: "oauth",
        ...oauth,
        requestParameters: { ...oauth.requestParameters, queryParameters: undefined },
        csrfTokenUrl: csrfInfo.tokenEndpointURL,
      },
      specificationCredentials: undefined,
      specificationRequestParameters: undefined,
    },
    events: { spec: JSON.stringify(events.spec) },
    documentation: JSON.stringify(wholeDefinition.documentation),
  };
  const request = requestOf(JSON.stringify(wholeDefinition, undefined, 2));
  assert.equal(JSON.stringify(sorted(request)), JSON.stringify(sorted(expected)));
});

/** Maps have no prototype, which deepEqual would mind; documents become their texts. */
function sorted(value: unknown): unknown {
  if (value instanceof Uint8Array) return textOf(value);
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([key, member]) => [key, sorted(member)] as const);
  return Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

test("service definition - an empty body ends too early", () => {
  for (const body of ["", " \n"]) assert.equal(refusalOf(body), `${UNREAD}unexpected end of JSON input`);
});

test("service definition - a body that is no JSON is refused without a word of what it says", () => {
  assert.equal(
    refusalOf('{"password":"hunter2" "x'),
    `${UNREAD}invalid character '"' after object key:value pair`,
  );
  assert.equal(refusalOf("provider: Acme"), `${UNREAD}invalid character 'p' looking for beginning of value`);
});

test("service definition - what follows the one JSON value is refused, a second value too", () => {
  const body = definitionWith({ events: { spec: {} } });
  assert.equal(refusalOf(`${body}{}`), `${UNREAD}invalid character '{' after top-level value`);
  assert.equal(refusalOf(`${body} x`), `${UNREAD}invalid character 'x' after top-level value`);
  assert.equal(refusalOf(`${body} \r\n\t`), "accepted");
});

test("service definition - each byte that is no UTF-8 counts as U+FFFD, in texts and in specifications", () => {
  const cases = [
    [[0xff], 1],
    [[0xc3, 0x28], 1, "("],
    [[0xed, 0xa0, 0x80], 3],
    [[0xf0, 0x9f, 0x98], 3],
    [[0xc0, 0x80], 2],
    [[0xe2, 0x82, 0xe2, 0x82, 0xac], 2, "€"],
    [[0xf5, 0x80], 2],
  ] as const;
  const pieces = definitionWithApi('"apiType":"X","spec":{"X":"😀é X"}').split("X");
  for (const [wrong, marks, rest = ""] of cases) {
    const [first = "", ...others] = pieces;
    const tail = others.flatMap((piece) => [Buffer.from(wrong), Buffer.from(piece)]);
    const { api } = requestOf(Buffer.concat([Buffer.from(first), ...tail]));
    const text = "\uFFFD".repeat(marks) + rest;
    assert.equal(api?.apiType, text);
    assert.equal(String(api?.spec), `{"${text}":"😀é ${text}"}`);
  }
});

test("service definition - bytes that are no UTF-8 and stand outside texts are no JSON", () => {
  const body = definitionWith({ events: { spec: {} } });
  assert.equal(
    refusalOf(Buffer.concat([Buffer.from(body), Buffer.from([0xff])])),
    `${UNREAD}invalid character 'ÿ' after top-level value`,
  );
  assert.equal(
    refusalOf(Buffer.from([0xe2, 0x82])),
    `${UNREAD}invalid character 'â' looking for beginning of value`,
  );
});

test("service definition - keys match in any case", () => {
  const request = requestOf(
    '{"PROVIDER":"p","nAmE":"n","de\\u0073cription":"d","API":{"targeturl":"http://a.example","ApiType":"odata","SpecificationUrl":"http://s.example","Reque\u017FtParameter\u017F":{"HEADERS":{"X-Key":["v"]}}}}',
  );
  assert.equal(request.provider, "p");
  assert.equal(request.api?.targetUrl, "http://a.example");
  assert.equal(request.api.apiType, "odata");
  assert.equal(request.api.specificationUrl, "http://s.example");
  assert.deepEqual({ ...request.api.requestParameters?.headers }, { "X-Key": ["v"] });
});

test("service definition - of a repeated key the last one counts, in whatever case", () => {
  const request = requestOf(
    '{"name":"first","Name":"second","NAME":"third","provider":"p","description":"d","labels":{"a":"1","A":"2","a":"3"},"api":{"targetUrl":"http://a.example","spec":{"first":1},"SPEC":{"last":1}}}',
  );
  assert.equal(request.name, "third");
  assert.equal(textOf(request.api?.spec), '{"last":1}');
  assert.deepEqual({ ...request.labels }, { a: "3", A: "2" });
});

test("service definition - unknown keys are passed over, whatever they hold", () => {
  const unknown =
    '"toString":[{"deep":[1]}],"constructor":{"prototype":1},"apis":"]}","":null,"__proto__":{"name":"x"}';
  const request = requestOf(
    `{${unknown},"provider":"p","name":"n","description":"d","events":{"spec":{},${unknown}}}`,
  );
  assert.equal(request.name, "n");
  assert.equal(textOf(request.events?.spec), "{}");
});

test("service definition - null is as good as not given", () => {
  const request = requestOf(
    definitionWith({
      shortDescription: null,
      identifier: null,
      labels: null,
      documentation: null,
      events: null,
      api: {
        targetUrl: "http://target.example",
        spec: null,
        specificationUrl: null,
        apiType: null,
        credentials: null,
        requestParameters: null,
        specificationCredentials: null,
        specificationRequestParameters: null,
        headers: null,
        queryParameters: null,
      },
    }),
  );
  assert.deepEqual(request, requestOf(definitionWithApi("")));
  assert.equal(
    refusalOf(definitionWith({ name: null, events: { spec: {} } })).endsWith("Name field cannot be empty."),
    true,
  );
});

test("service definition - null inside a list or a map is an empty text, list or page", () => {
  const request = requestOf(
    definitionWith({
      labels: { a: null },
      events: { spec: {} },
      api: { targetUrl: "http://a.example", headers: { A: null, B: ["b", null] } },
      documentation: {
        displayName: "n",
        description: "d",
        type: "t",
        tags: [null],
        docs: [null, { title: "a" }],
      },
    }),
  );
  assert.deepEqual({ ...request.labels }, { a: "" });
  assert.deepEqual({ ...request.api?.requestParameters?.headers }, { A: [], B: ["b", ""] });
  assert.deepEqual(JSON.parse(textOf(request.documentation)), {
    displayName: "n",
    description: "d",
    type: "t",
    tags: [""],
    docs: [
      { title: "", type: "", source: "" },
      { title: "a", type: "", source: "" },
    ],
  });
});

test("service definition - documentation is kept as Go writes it, without empty lists", () => {
  const documentation = { displayName: "D", description: "<d>", type: "html", tags: [], docs: [], other: 1 };
  const request = requestOf(definitionWith({ events: { spec: {} }, documentation }));
  assert.equal(
    textOf(request.documentation),
    '{"displayName":"D","description":"\\u003cd\\u003e","type":"html"}',
  );
});

/** JSON at a place, and what is said of it. */
const WRONG_TYPES: readonly (readonly [string, string])[] = [
  ["[]", "array into Go value of type externalapi.ServiceDetails"],
  ['"text"', "string into Go value of type externalapi.ServiceDetails"],
  ["12", "number into Go value of type externalapi.ServiceDetails"],
  ["true", "bool into Go value of type externalapi.ServiceDetails"],
  ['{"provider":1}', "number into Go struct field ServiceDetails.provider of type string"],
  ['{"name":{}}', "object into Go struct field ServiceDetails.name of type string"],
  ['{"DESCRIPTION":[]}', "array into Go struct field ServiceDetails.description of type string"],
  ['{"shortDescription":true}', "bool into Go struct field ServiceDetails.shortDescription of type string"],
  ['{"identifier":1.5}', "number into Go struct field ServiceDetails.identifier of type string"],
  ['{"labels":[]}', "array into Go struct field ServiceDetails.labels of type map[string]string"],
  ['{"labels":{"a":1}}', "number into Go struct field ServiceDetails.labels of type string"],
  ['{"api":"x"}', "string into Go struct field ServiceDetails.api of type externalapi.API"],
  ['{"api":{"targetUrl":1}}', "number into Go struct field API.api.targetUrl of type string"],
  ['{"api":{"apiType":{}}}', "object into Go struct field API.api.apiType of type string"],
  ['{"api":{"specificationUrl":[]}}', "array into Go struct field API.api.specificationUrl of type string"],
  ['{"api":{"headers":{"A":"b"}}}', "string into Go struct field API.api.headers of type []string"],
  [
    '{"api":{"queryParameters":[]}}',
    "array into Go struct field API.api.queryParameters of type map[string][]string",
  ],
  [
    '{"api":{"requestParameters":{"headers":{"A":[1]}}}}',
    "number into Go struct field RequestParameters.api.requestParameters.headers of type string",
  ],
  [
    '{"api":{"specificationRequestParameters":1}}',
    "number into Go struct field API.api.specificationRequestParameters of type externalapi.RequestParameters",
  ],
  [
    '{"api":{"credentials":[]}}',
    "array into Go struct field API.api.credentials of type externalapi.CredentialsWithCSRF",
  ],
  [
    '{"api":{"credentials":{"basic":{"password":1}}}}',
    "number into Go struct field BasicAuthWithCSRF.api.credentials.basic.password of type string",
  ],
  [
    '{"api":{"credentials":{"oauth":{"clientId":1}}}}',
    "number into Go struct field OauthWithCSRF.api.credentials.oauth.clientId of type string",
  ],
  [
    '{"api":{"credentials":{"certificateGen":{"certificate":1}}}}',
    "number into Go struct field CertificateGenWithCSRF.api.credentials.certificateGen.certificate of type string",
  ],
  [
    '{"api":{"credentials":{"basic":{"csrfInfo":{"tokenEndpointURL":1}}}}}',
    "number into Go struct field CSRFInfo.api.credentials.basic.csrfInfo.tokenEndpointURL of type string",
  ],
  [
    '{"api":{"specificationCredentials":{"oauth":{"url":1}}}}',
    "number into Go struct field Oauth.api.specificationCredentials.oauth.url of type string",
  ],
  ['{"events":1}', "number into Go struct field ServiceDetails.events of type externalapi.Events"],
  [
    '{"documentation":{"tags":"t"}}',
    "string into Go struct field Documentation.documentation.tags of type []string",
  ],
  [
    '{"documentation":{"docs":[1]}}',
    "number into Go struct field Documentation.documentation.docs of type externalapi.DocsObject",
  ],
  [
    '{"documentation":{"docs":[{"title":1}]}}',
    "number into Go struct field DocsObject.documentation.docs.title of type string",
  ],
];

test("service definition - one value of the wrong type refuses the whole request", () => {
  for (const [body, expected] of WRONG_TYPES) {
    assert.equal(refusalOf(body), `${UNREAD}json: cannot unmarshal ${expected}`, body);
  }
});

test("service definition - a wrong type counts even where a later key of the name is right", () => {
  assert.match(refusalOf('{"name":1,"name":"n"}'), /number into Go struct field ServiceDetails\.name/);
});

test("service definition - specifications are kept as they are written, without white space", () => {
  const written =
    '{ "b" : 1.0 ,\n\t"a":[ 12345678901234567890, 1e2 , "a  b" ],"b":{ } , "\\u0041":"<&>\\/" }';
  const compact = '{"b":1.0,"a":[12345678901234567890,1e2,"a  b"],"b":{},"\\u0041":"<&>\\/"}';
  const request = requestOf(
    `{"provider":"p","name":"n","description":"d","api":{"spec":${written},"targetUrl":"http://a.example"},"events":{"spec" : ${written} }}`,
  );
  assert.equal(textOf(request.api?.spec), compact);
  assert.equal(textOf(request.events?.spec), compact);
});

test("service definition - a deeply nested specification is read, and one beyond every measure refused", () => {
  const nested = (depth: number) => `{"a":${"[".repeat(depth)}${"]".repeat(depth)}}`;
  assert.equal(textOf(requestOf(definitionWithApi(`"spec":${nested(9_000)}`)).api?.spec), nested(9_000));
  assert.equal(
    refusalOf(definitionWithApi(`"spec":${nested(1_000_000)}`)),
    `${UNREAD}invalid character '[' exceeded max depth`,
  );
});

test("service definition - names like those of an object's own members are keys as others", () => {
  const request = requestOf(
    `{"provider":"p","name":"n","description":"d","labels":{"__proto__":"a","constructor":"b"},"api":{"targetUrl":"http://a.example","headers":{"__proto__":["c"]}}}`,
  );
  assert.deepEqual(Object.entries(request.labels ?? {}), [
    ["__proto__", "a"],
    ["constructor", "b"],
  ]);
  assert.equal(Object.getPrototypeOf(request.labels), null);
  assert.deepEqual(Object.entries(request.api?.requestParameters?.headers ?? {}), [["__proto__", ["c"]]]);
});

test("service definition - half a surrogate pair becomes the replacement character", () => {
  assert.equal(
    requestOf('{"provider":"p","name":"\\ud800","description":"d","events":{"spec":{}}}').name,
    "\uFFFD",
  );
});
