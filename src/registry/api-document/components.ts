const ERROR = `      content: { application/json: { schema: { $ref: "#/components/schemas/Error" } } }`;

function refusal(name: string, description: string): string {
  return `    ${name}:\n      description: ${description}\n${ERROR}\n`;
}

/** From what a POST answers to an operation of that service. */
function link(name: string, operation: string): string {
  const parameters = "application: $request.path.application, serviceId: $response.body#/id";
  return `    ${name}: { operationId: ${operation}, parameters: { ${parameters} } }\n`;
}

const LINKS = [
  link("details", "getServiceDetails"),
  link("update", "updateService"),
  link("removal", "deleteService"),
  link("rotation", "rotateCertificate"),
  link("documents", "getDocuments"),
  link("refresh", "refreshSpecification"),
].join("");

const REFUSALS = [
  refusal("Invalid", "The request has a mistake, which the text names."),
  refusal(
    "Forbidden",
    "The certificate is missing, not valid or revoked, or belongs to another Application.",
  ),
  refusal("NotFound", "There is no such Application, service or document."),
  refusal("Late", "The request did not arrive in time."),
  refusal("IdentifierTaken", "Another service of the Application has this identifier."),
  refusal("Stale", "The service is not what If-Match says."),
  refusal("TooLarge", "The body is too large."),
  refusal(
    "TooLong",
    "The body is too large, as a whole or without its documents, or credentials and parameters do not fit into a Secret.",
  ),
  refusal("KeyReused", "The Idempotency-Key belongs to a registration with another body."),
  refusal("Misdirected", "Another host was called than the one of the gateway."),
  refusal("HeadersTooLarge", "Path and headers are too large together."),
  refusal("Failed", "The request could not be served."),
  refusal("Absent", "The registry does not run here."),
  refusal("Full", "There is no room for it; nothing of the change was kept."),
].join("");

/** What paths refer to, without schemas. */
export const COMPONENTS = `  parameters:
    application:
      name: application
      in: path
      required: true
      description: Name of the Application.
      schema:
        type: string
        maxLength: 253
        pattern: "^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\\\\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$"
      example: shop
    serviceId:
      name: serviceId
      in: path
      required: true
      description: Id of the service; a UUID where it was registered here.
      schema: { type: string, pattern: "^[A-Za-z0-9_~-][A-Za-z0-9._~-]*$" }
      example: 6f2a4f0e-5d0c-4c36-9d0d-1a4b8f9c2e11
    type:
      name: type
      in: path
      required: true
      schema: { $ref: "#/components/schemas/DocumentType" }
      example: openapi
    dryRun:
      name: dryRun
      in: query
      description: |
        Once, true or false: true fetches and checks the documents and tells what was found, and keeps nothing. The
        status is the one that the request would have got.
      schema: { type: boolean, default: false }
    notDry:
      name: dryRun
      in: query
      description: There is no dry run of this; whoever asks for one is refused with 400.
      schema: { type: boolean, enum: [false] }
    ifMatch:
      name: If-Match
      in: header
      description: ETag of the state that is to be changed; another one is refused with 412.
      schema: { type: string }
    ifNoneMatch:
      name: If-None-Match
      in: header
      description: ETag of the state that the client has; it is answered with 304.
      schema: { type: string }
  headers:
    ETag:
      description: Changes with every change.
      required: true
      schema: { type: string, pattern: '^"[0-9a-f]{64}"$' }
    ETagAfter:
      description: Of the service as it is now; a dry run has none.
      schema: { type: string, pattern: '^"[0-9a-f]{64}"$' }
    Link:
      description: Where the next page is, relative to this one, as RFC 8288 writes it; absent on the last page.
      schema: { type: string, pattern: '^<\\?limit=[1-9][0-9]*&continue=[A-Za-z0-9_-]+>; rel="next"$' }
    Warning:
      description: What is allowed and seldom meant, or could not be done, as RFC 7234 writes it.
      schema: { type: string, pattern: '^199 - ".*"$' }
    Warnings:
      description: Number of warnings, where there are any.
      schema: { type: integer, minimum: 1 }
    LastModified:
      required: true
      schema: { type: string }
  requestBodies:
    Service:
      required: true
      content:
        application/json:
          schema: { $ref: "#/components/schemas/ServiceRequest" }
          examples:
            api: { $ref: "#/components/examples/api" }
            certificate: { $ref: "#/components/examples/certificate" }
            events: { $ref: "#/components/examples/events" }
  examples:
    api:
      summary: An API with a password, and its documentation.
      value:
        provider: ACME
        name: Orders API
        description: All about orders.
        identifier: acme-orders
        labels: { team: shop }
        api:
          targetUrl: https://orders.acme.example/v2
          spec: { openapi: 3.0.3, info: { title: Orders, version: "1" }, paths: {} }
          requestParameters: { headers: { X-Tenant: ["7"] }, queryParameters: { lang: [en] } }
          credentials: { basic: { username: anna, password: secret } }
        documentation:
          displayName: Orders
          description: How orders are placed.
          type: html
          docs: [{ title: Overview, type: md, source: "# Orders" }]
    certificate:
      summary: An API that is called with a certificate, which the registry makes.
      value:
        provider: ACME
        name: Invoices API
        description: All about invoices.
        api:
          targetUrl: https://invoices.acme.example
          credentials: { certificateGen: { commonName: invoices } }
    events:
      summary: A catalogue of events.
      value:
        provider: ACME
        name: Order events
        description: What happens to orders.
        events:
          spec: { asyncapi: 2.0.0, info: { title: Orders, version: "1" }, channels: {} }
  links:
${LINKS}  responses:
    Unchanged:
      description: It is what If-None-Match says.
      headers:
        ETag: { $ref: "#/components/headers/ETag" }
        Warning: { $ref: "#/components/headers/Warning" }
        X-Registry-Warnings: { $ref: "#/components/headers/Warnings" }
${REFUSALS}    InvalidService:
      description: |
        The request has a mistake, which the text names. A dry run whose documents would be refused for their findings
        lists these too.
      content:
        application/json:
          schema:
            anyOf:
              - $ref: "#/components/schemas/Error"
              - $ref: "#/components/schemas/RefusedDryRun"
    Busy:
      description: |
        Too many large requests or specifications are being worked on, or documents cannot be kept now: Retry-After says
        when to try again, and nothing of the change was kept. Without it: the registry does not run here.
      headers:
        Retry-After: { description: Seconds., schema: { type: integer, minimum: 1 } }
      content: { application/json: { schema: { $ref: "#/components/schemas/Error" } } }
    Unreachable:
      description: |
        A specification could not be fetched, or a document not be read. Where the registry runs in a process of its
        own: it could not be reached, and then there is no body, or it answered another 5xx.
      headers:
        Target-System-Status:
          description: The status that a registry in another process answered.
          schema: { type: integer, minimum: 500, maximum: 599 }
${ERROR}
`;
