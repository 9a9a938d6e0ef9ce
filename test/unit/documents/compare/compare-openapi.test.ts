import assert from "node:assert/strict";
import { test } from "node:test";
import {
  assertChanges,
  body,
  compare,
  get,
  GET,
  ok,
  openApi,
  post,
  POST,
  said,
  withResponses,
  type Json,
  type Row,
} from "./compare-as.ts";

const query = (name: string, more: Json = {}) => ({ name, in: "query", schema: { type: "string" }, ...more });

const order = {
  type: "object",
  properties: { id: { type: "string" }, note: { type: "string" } },
  required: ["id"],
};

const operations: readonly Row[] = [
  {
    name: "a path is gone",
    before: openApi({ "/orders": { get: { responses: ok } }, "/stock": { get: { responses: ok } } }),
    after: openApi({ "/orders": { get: { responses: ok } } }),
    changes: ["breaking operation-removed /paths/~1stock/get"],
  },
  {
    name: "a method is gone and another is new",
    before: openApi({ "/orders": { get: { responses: ok }, put: { responses: ok } } }),
    after: openApi({ "/orders": { get: { responses: ok }, patch: { responses: ok } } }),
    changes: [
      "breaking operation-removed /paths/~1orders/put",
      "compatible operation-added /paths/~1orders/patch",
    ],
  },
  {
    name: "a path parameter has another name",
    before: openApi({
      "/o/{id}": { get: { parameters: [{ name: "id", in: "path", required: true }], responses: ok } },
    }),
    after: openApi({
      "/o/{key}": { get: { parameters: [{ name: "key", in: "path", required: true }], responses: ok } },
    }),
    changes: [],
  },
  {
    name: "an operation is deprecated",
    before: get({}),
    after: get({ deprecated: true }),
    changes: [`compatible operation-deprecated ${GET}`],
  },
  {
    name: "a required parameter is new",
    before: get({}),
    after: get({ parameters: [query("since", { required: true })] }),
    changes: [`breaking parameter-newly-required ${GET}/parameters/0`],
  },
  {
    name: "an optional parameter is new",
    before: get({}),
    after: get({ parameters: [query("since")] }),
    changes: [`compatible parameter-added ${GET}/parameters/0`],
  },
  {
    name: "a parameter becomes required, by reference",
    before: get({ parameters: [query("since")] }),
    after: {
      ...get({ parameters: [{ $ref: "#/components/parameters/since" }] }),
      components: { parameters: { since: query("since", { required: true }) } },
    },
    changes: [`breaking parameter-newly-required ${GET}/parameters/0`],
  },
  {
    name: "a parameter becomes optional",
    before: get({ parameters: [query("since", { required: true })] }),
    after: get({ parameters: [query("since")] }),
    changes: [`compatible parameter-now-optional ${GET}/parameters/0`],
  },
  {
    name: "a parameter is gone",
    before: get({ parameters: [query("since"), query("until")] }),
    after: get({ parameters: [query("until")] }),
    changes: [`breaking parameter-removed ${GET}/parameters/0`],
  },
  {
    name: "a parameter moves from the path item to the operation, a header changes its case",
    before: openApi({
      "/orders": { parameters: [query("since"), { name: "X-A", in: "header" }], get: { responses: ok } },
    }),
    after: get({ parameters: [{ name: "x-a", in: "header" }, query("since")] }),
    changes: [],
  },
  {
    name: "the type of a parameter changes",
    before: get({ parameters: [query("since")] }),
    after: get({ parameters: [query("since", { schema: { type: "integer" } })] }),
    changes: [`breaking type-changed ${GET}/parameters/0/schema`],
  },
  {
    name: "a body becomes required",
    before: post({ ...body({ type: "object" }) }),
    after: post({ ...body({ type: "object" }), required: true }),
    changes: [`breaking body-newly-required ${POST}/requestBody`],
  },
  {
    name: "a required body is new",
    before: openApi({ "/orders": { post: { responses: ok } } }),
    after: post({ ...body({ type: "object" }), required: true }),
    changes: [`breaking body-newly-required ${POST}/requestBody`],
  },
  {
    name: "an optional body is new",
    before: openApi({ "/orders": { post: { responses: ok } } }),
    after: post(body({ type: "object" })),
    changes: [`compatible body-added ${POST}/requestBody`],
  },
  {
    name: "a body is gone",
    before: post(body({ type: "object" })),
    after: openApi({ "/orders": { post: { responses: ok } } }),
    changes: [`breaking body-removed ${POST}/requestBody`],
  },
  {
    name: "a media type of the body is another",
    before: post(body({ type: "object" })),
    after: post({ content: { "application/xml": { schema: { type: "object" } } } }),
    changes: [
      `breaking media-type-removed ${POST}/requestBody/content/application~1json/schema`,
      `compatible media-type-added ${POST}/requestBody/content/application~1xml/schema`,
    ],
  },
  {
    name: "parameters of a media type do not matter",
    before: post(body({ type: "object" })),
    after: post({ content: { "Application/JSON; charset=utf-8": { schema: { type: "object" } } } }),
    changes: [],
  },
  {
    name: "a response is gone and another is new",
    before: withResponses({ 200: { description: "fine" }, 404: { description: "none" } }),
    after: withResponses({ 204: { description: "fine" }, 409: { description: "busy" } }),
    changes: [
      `breaking response-removed ${GET}/responses/200`,
      `compatible response-removed ${GET}/responses/404`,
      `compatible response-added ${GET}/responses/204`,
      `compatible response-added ${GET}/responses/409`,
    ],
  },
  {
    name: "a response header is gone",
    before: withResponses({ 200: { description: "fine", headers: { ETag: {}, Link: {} } } }),
    after: withResponses({ 200: { description: "fine", headers: { etag: {} } } }),
    changes: [`breaking header-removed ${GET}/responses/200/headers`],
  },
  {
    name: "credentials are needed now",
    before: get({}),
    after: { ...get({}), security: [{ key: [] }] },
    changes: [`breaking security-added ${GET}/security`],
  },
  {
    name: "one way of two to authenticate is gone",
    before: get({ security: [{ key: [] }, { token: [] }] }),
    after: get({ security: [{ token: [] }] }),
    changes: [`breaking security-changed ${GET}/security`],
  },
  {
    name: "credentials may be left out",
    before: get({ security: [{ key: [] }] }),
    after: get({ security: [{ key: [] }, {}] }),
    changes: [],
  },
  {
    name: "fewer scopes are needed",
    before: get({ security: [{ token: ["read", "write"], key: [] }] }),
    after: get({ security: [{ token: ["read"] }] }),
    changes: [],
  },
  {
    name: "one more scope is needed",
    before: get({ security: [{ token: ["read"] }] }),
    after: get({ security: [{ token: ["read", "write"] }] }),
    changes: [`breaking security-changed ${GET}/security`],
  },
  {
    name: "a key stands in another header, under the same name",
    before: openApi(
      {},
      { components: { securitySchemes: { key: { type: "apiKey", in: "header", name: "A" } } } },
    ),
    after: openApi(
      {},
      { components: { securitySchemes: { key: { type: "apiKey", in: "header", name: "B" } } } },
    ),
    changes: ["breaking security-scheme-changed /components/securitySchemes/key"],
  },
  {
    name: "lists in the query are written in another way",
    before: get({ parameters: [query("ids", { schema: { type: "array" } })] }),
    after: get({ parameters: [query("ids", { schema: { type: "array" }, explode: false })] }),
    changes: [`breaking parameter-style-changed ${GET}/parameters/0`],
  },
  {
    name: "what is taken where nothing is said is said",
    before: get({ parameters: [query("ids", { schema: { type: "array" } }), query("q")] }),
    after: get({
      parameters: [
        query("ids", { schema: { type: "array" }, style: "form", explode: true }),
        query("q", { explode: false }),
      ],
    }),
    changes: [],
  },
  {
    name: "a body of any type of media takes what one type took",
    before: post(body({ type: "object" })),
    after: post({ content: { "application/*": { schema: { type: "object" } } } }),
    changes: [`compatible media-type-added ${POST}/requestBody/content/application~1*/schema`],
  },
  {
    name: "an answer of any type of media is no answer of one type",
    before: withResponses({ 200: { description: "fine", ...body({ type: "object" }) } }),
    after: withResponses({
      200: { description: "fine", content: { "*/*": { schema: { type: "object" } } } },
    }),
    changes: [
      `breaking media-type-removed ${GET}/responses/200/content/application~1json/schema`,
      `compatible media-type-added ${GET}/responses/200/content/*~1*/schema`,
    ],
  },
  {
    name: "a response is described together with others, and the one for all others is gone",
    before: withResponses({ 200: { description: "fine" }, default: { description: "bad" } }),
    after: withResponses({ "2XX": { description: "fine" } }),
    changes: [
      `compatible response-added ${GET}/responses/2XX`,
      `compatible response-removed ${GET}/responses/default`,
    ],
  },
  {
    name: "a response header may be missing, and is of another type",
    before: withResponses({
      200: { description: "fine", headers: { "X-Total": { required: true, schema: { type: "integer" } } } },
    }),
    after: withResponses({
      200: { description: "fine", headers: { "X-Total": { schema: { type: "string" } } } },
    }),
    changes: [
      `breaking header-now-optional ${GET}/responses/200/headers`,
      `breaking type-changed ${GET}/responses/200/headers/X-Total/schema`,
    ],
  },
  {
    name: "a webhook sends less, and takes less in return",
    before: openApi({}, { webhooks: { sold: { post: { requestBody: body(order), responses: ok } } } }),
    after: openApi(
      {},
      { webhooks: { sold: { post: { requestBody: body({ ...order, required: [] }), responses: {} } } } },
    ),
    changes: [
      "breaking property-now-optional /webhooks/sold/post/requestBody/content/application~1json/schema/properties/id",
      "breaking response-removed /webhooks/sold/post/responses/200",
    ],
  },
  {
    name: "a webhook is gone",
    before: openApi({}, { webhooks: { sold: { post: { responses: ok } } } }),
    after: openApi({}),
    changes: ["breaking operation-removed /webhooks/sold/post"],
  },
  {
    name: "words change and nothing else",
    before: get({ summary: "Reads" }),
    after: get({ summary: "Lists", description: "All", operationId: "list", tags: ["x"] }),
    changes: [],
  },
];

for (const row of operations) test(`comparison of OpenAPI - ${row.name}`, () => assertChanges(row));

test("comparison of OpenAPI - Swagger 2.0 and its upgrade to 3.0 are the same interface", () => {
  const swagger = {
    swagger: "2.0",
    info: { title: "Orders", version: "1" },
    consumes: ["application/json"],
    produces: ["application/json"],
    paths: {
      "/orders": {
        post: {
          parameters: [
            { name: "body", in: "body", required: true, schema: { $ref: "#/definitions/Order" } },
            { name: "dry", in: "query", type: "boolean" },
          ],
          responses: { 200: { description: "fine", schema: { $ref: "#/definitions/Order" } } },
        },
      },
      "/forms": {
        post: {
          consumes: ["multipart/form-data"],
          parameters: [{ name: "title", in: "formData", type: "string", required: true }],
          responses: ok,
        },
      },
    },
    definitions: { Order: order },
  };
  const reference = body({ $ref: "#/components/schemas/Order" });
  const form = { type: "object", properties: { title: { type: "string" } }, required: ["title"] };
  const upgraded = openApi(
    {
      "/orders": {
        post: {
          parameters: [{ name: "dry", in: "query", schema: { type: "boolean" } }],
          requestBody: { ...reference, required: true },
          responses: { 200: { description: "fine", ...reference } },
        },
      },
      "/forms": {
        post: {
          requestBody: { required: true, content: { "multipart/form-data": { schema: form } } },
          responses: ok,
        },
      },
    },
    { components: { schemas: { Order: order } } },
  );
  assert.deepEqual(said(compare(swagger, upgraded)), []);
  const moved = { ...swagger, basePath: "/v2" };
  assert.deepEqual(said(compare(swagger, moved)), ["breaking base-path-changed /basePath"]);
});

test("comparison of OpenAPI - what stands beside a reference counts from 3.1 on", () => {
  const document = (openapi: string, beside: Json) => ({
    ...post(
      body({
        properties: {
          first: { $ref: "#/components/schemas/Id" },
          id: { $ref: "#/components/schemas/Id", ...beside },
        },
      }),
    ),
    openapi,
    components: { schemas: { Id: { type: "string" } } },
  });
  const path = `${POST}/requestBody/content/application~1json/schema/properties/id`;
  const changes = (openapi: string, beside: Json) =>
    said(compare(document(openapi, {}), document(openapi, beside)));
  assert.deepEqual(changes("3.1.0", { maxLength: 5, description: "short" }), [
    `breaking maxLength-changed ${path}`,
  ]);
  assert.deepEqual(changes("3.1.0", { readOnly: true }), [`compatible property-removed ${path}`]);
  assert.deepEqual(changes("3.0.3", { maxLength: 5, readOnly: true }), []);
});

test("comparison of OpenAPI - schemas that refer to themselves end, and their changes are found once", () => {
  const tree = (type: string) =>
    openApi(
      {
        "/orders": {
          get: {
            responses: { 200: { description: "fine", ...body({ $ref: "#/components/schemas/Tree" }) } },
          },
        },
      },
      {
        components: {
          schemas: {
            Tree: {
              type: "object",
              properties: {
                name: { type },
                children: { type: "array", items: { $ref: "#/components/schemas/Tree" } },
              },
            },
          },
        },
      },
    );
  const path = `${GET}/responses/200/content/application~1json/schema/properties/name`;
  assert.deepEqual(said(compare(tree("string"), tree("number"))), [`breaking type-changed ${path}`]);
});

test("comparison of OpenAPI - messages say what changed in words", () => {
  const before = get({ parameters: [query("state", { schema: { type: "string", enum: ["new", "old"] } })] });
  const after = get({ parameters: [query("state", { schema: { type: "string", enum: ["new"] } })] });
  assert.deepEqual(compare(before, after).changes, [
    {
      kind: "enum-narrowed",
      severity: "breaking",
      path: `${GET}/parameters/0/schema`,
      message: 'The query parameter state of GET /orders can no longer be "old".',
    },
  ]);
});

test("comparison of OpenAPI - places lead to the schemas of parameters and bodies of each version", () => {
  const swagger = (type: string) => ({
    swagger: "2.0",
    info: { title: "Orders", version: "1" },
    paths: {
      "/orders": {
        post: {
          parameters: [
            { name: "body", in: "body", schema: { type: "array", items: { type } } },
            { name: "ids", in: "query", type: "array", items: { type } },
          ],
          responses: ok,
        },
      },
    },
  });
  assert.deepEqual(said(compare(swagger("string"), swagger("number"))), [
    `breaking type-changed ${POST}/parameters/1/items`,
    `breaking type-changed ${POST}/parameters/0/schema/items`,
  ]);
  const inContent = (type: string) =>
    get({
      parameters: [{ name: "filter", in: "query", content: { "application/json": { schema: { type } } } }],
    });
  assert.deepEqual(said(compare(inContent("string"), inContent("number"))), [
    `breaking type-changed ${GET}/parameters/0/content/application~1json/schema`,
  ]);
});
