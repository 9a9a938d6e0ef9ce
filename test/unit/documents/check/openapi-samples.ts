const info = {
  title: "Orders",
  version: "1.4",
  description: "Reads and writes orders.",
  termsOfService: "https://orders.example/terms",
  contact: { name: "Ann", url: "https://orders.example", email: "ann@orders.example" },
  license: { name: "Apache 2.0", url: "https://www.apache.org/licenses/LICENSE-2.0.html" },
  "x-audience": { of: ["partners"] },
};
const tags = [{ name: "orders", description: "All of them" }, { name: "lines" }];
const documentation = { url: "https://orders.example/docs", description: "more" };
const scopes = { read: "Reads", write: "Writes" };
const amount = { type: "number", minimum: 0, multipleOf: 0.01, example: 3 };
const order = {
  type: "object",
  title: "Order",
  required: ["id", "lines"],
  properties: {
    id: { type: "string", pattern: "^[a-z]+$", maxLength: 40, description: "Its name" },
    amount,
    state: { type: "string", enum: ["open", "sent"], default: "open" },
    lines: { type: "array", minItems: 1, items: { $ref: "#/components/schemas/Line" } },
    labels: { type: "object", additionalProperties: { type: "string" } },
    parent: { allOf: [{ $ref: "#/components/schemas/Order" }] },
  },
  additionalProperties: false,
  externalDocs: documentation,
};
const schemas = { Order: order, Line: { type: "object", properties: { text: { type: "string" } } } };

const id = { name: "id", in: "path", required: true, schema: { type: "string" } };
const parameters = {
  Page: {
    name: "page",
    in: "query",
    description: "Which",
    schema: { type: "integer" },
    style: "form",
    explode: true,
  },
  Trace: { name: "trace", in: "header", schema: { type: "string" }, example: "a" },
  Filter: { name: "filter", in: "query", content: { "application/json": { schema: { type: "object" } } } },
  Session: {
    name: "session",
    in: "cookie",
    schema: { type: "string" },
    examples: { one: { value: 1, summary: "One" } },
  },
};
const json = {
  "application/json": {
    schema: { $ref: "#/components/schemas/Order" },
    examples: { one: { value: { id: "a" } } },
  },
  "multipart/form-data": {
    schema: { type: "object", properties: { file: { type: "string" } } },
    encoding: { file: { contentType: "image/png", headers: { "X-Rate": { schema: { type: "integer" } } } } },
  },
};
const responses = {
  200: {
    description: "fine",
    headers: { "X-Rate": { description: "left", schema: { type: "integer" } } },
    content: json,
    links: { self: { operationId: "readOrder", parameters: { id: "$response.body#/id" } } },
  },
  "4XX": { $ref: "#/components/responses/Wrong" },
  default: { description: "else" },
};
const order3 = {
  parameters: [id, { $ref: "#/components/parameters/Page" }],
  get: {
    operationId: "readOrder",
    summary: "Reads",
    tags: ["orders"],
    responses,
    security: [{ token: ["read"] }, {}],
  },
  put: {
    operationId: "writeOrder",
    deprecated: true,
    requestBody: { description: "It", required: true, content: json },
    responses: { 204: { description: "done" } },
    callbacks: {
      done: { "{$request.body#/url}": { post: { responses: { 200: { description: "told" } } } } },
    },
    servers: [{ url: "https://{host}/v1", variables: { host: { default: "a", enum: ["a", "b"] } } }],
  },
};
const securitySchemes = {
  token: {
    type: "oauth2",
    flows: { clientCredentials: { tokenUrl: "https://orders.example/token", scopes } },
  },
  bearer: { type: "http", scheme: "bearer", bearerFormat: "JWT" },
  basic: { type: "http", scheme: "basic" },
  key: { type: "apiKey", name: "key", in: "header" },
  sign: { type: "openIdConnect", openIdConnectUrl: "https://orders.example/openid" },
};
const components = {
  schemas,
  parameters,
  responses: { Wrong: { description: "wrong" } },
  securitySchemes,
  requestBodies: { Order: { content: json } },
  headers: { Rate: { schema: { type: "integer" } } },
  examples: { one: { value: 1 } },
  links: { self: { operationRef: "#/paths/~1orders~1%7Bid%7D/get" } },
};
const version3 = {
  info,
  tags,
  components,
  servers: [{ url: "https://orders.example", description: "the one" }],
  security: [{ basic: [] }],
  externalDocs: documentation,
  paths: { "/orders/{id}": order3, "/x": { "x-note": 1, get: { responses: { 200: { description: "" } } } } },
};

const operation2 = {
  operationId: "readOrder",
  summary: "Reads",
  tags: ["orders"],
  consumes: ["application/json"],
  produces: ["application/json"],
  parameters: [
    { name: "id", in: "path", required: true, type: "string", pattern: "^a" },
    { name: "page", in: "query", type: "array", items: { type: "integer" }, collectionFormat: "csv" },
    { name: "body", in: "body", schema: { $ref: "#/definitions/Order" } },
    { name: "file", in: "formData", type: "file" },
    { name: "trace", in: "header", type: "string", enum: ["a"] },
    { $ref: "#/parameters/Page" },
  ],
  responses: {
    200: {
      description: "fine",
      schema: { $ref: "#/definitions/Order" },
      headers: { Rate: { type: "integer" } },
    },
    404: { $ref: "#/responses/Wrong" },
    default: { description: "a text", examples: { "text/plain": "a" } },
  },
  security: [{ token: ["read"] }],
};
const version2 = {
  swagger: "2.0",
  info,
  tags,
  host: "orders.example:443",
  basePath: "/v1",
  schemes: ["https"],
  consumes: ["application/json"],
  externalDocs: documentation,
  paths: { "/orders/{id}": { get: operation2, post: { responses: { 200: { description: "" } } } } },
  definitions: {
    Order: {
      ...order,
      properties: {
        id: { type: "string", title: "Id", readOnly: true },
        amount,
        tags: { type: ["array", "null"] },
      },
    },
    Any: { type: "object", additionalProperties: true, discriminator: "kind" },
  },
  parameters: { Page: { name: "page", in: "query", type: "integer", minimum: 1, exclusiveMinimum: true } },
  responses: { Wrong: { description: "wrong" } },
  securityDefinitions: {
    token: { type: "oauth2", flow: "application", tokenUrl: "https://orders.example/token", scopes },
    basic: { type: "basic" },
    key: { type: "apiKey", name: "key", in: "header" },
  },
};

/** Documents with about all that OpenAPI has, by version. */
export const openApiSamples: ReadonlyMap<string, object> = new Map(
  Object.entries({
    "2.0": version2,
    "3.0": { openapi: "3.0.3", ...version3 },
    "3.1": {
      openapi: "3.1.0",
      ...version3,
      jsonSchemaDialect: "https://json-schema.org/draft/2020-12/schema",
      webhooks: { told: { post: { responses: { 200: { description: "" } } } } },
    },
    "3.2": { openapi: "3.2.0", ...version3, $self: "https://orders.example/openapi.json" },
  }).map(([version, sample]) => [version, JSON.parse(JSON.stringify(sample)) as object]),
);
