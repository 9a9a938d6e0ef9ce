import { responseReferences } from "./response-references.ts";

/** Documents of a service. */
export const DOCUMENT_PATHS = `  /{application}/v1/metadata/services/{serviceId}/specs:
    parameters:
      - $ref: "#/components/parameters/application"
      - $ref: "#/components/parameters/serviceId"
    get:
      tags: [documents]
      operationId: getDocuments
      summary: Lists the documents of a service with what was found in them.
      responses:
        "200":
          description: The documents.
          content:
            application/json:
              schema: { $ref: "#/components/schemas/Documents" }
${responseReferences()}
  /{application}/v1/metadata/services/{serviceId}/specs/refresh:
    parameters:
      - $ref: "#/components/parameters/application"
      - $ref: "#/components/parameters/serviceId"
    post:
      tags: [documents]
      operationId: refreshSpecification
      summary: Fetches the API's specification again from where it came; 400 where it came with the request.
      parameters:
        - $ref: "#/components/parameters/notDry"
      responses:
        "200":
          description: The documents as they are now.
          content:
            application/json:
              schema: { $ref: "#/components/schemas/Documents" }
${responseReferences(503, 507)}
  /{application}/v1/metadata/services/{serviceId}/specs/{type}:
    parameters:
      - $ref: "#/components/parameters/application"
      - $ref: "#/components/parameters/serviceId"
      - $ref: "#/components/parameters/type"
    get:
      tags: [documents]
      operationId: getDocument
      summary: One document as it is published.
      parameters:
        - $ref: "#/components/parameters/ifNoneMatch"
      responses:
        "200":
          description: Its bytes.
          headers:
            ETag: { $ref: "#/components/headers/ETag" }
            X-Content-Type-Options: { required: true, schema: { type: string, enum: [nosniff] } }
            Content-Security-Policy: { required: true, schema: { type: string, enum: [sandbox] } }
          content:
            application/json: { schema: {} }
            application/yaml: { schema: {} }
            application/xml: { schema: {} }
            text/plain: { schema: { type: string } }
            text/markdown: { schema: { type: string } }
            application/octet-stream: { schema: { type: string, format: binary } }
        "304": { $ref: "#/components/responses/Unchanged" }
${responseReferences()}
  /{application}/v1/metadata/services/{serviceId}/specs/{type}/report:
    parameters:
      - $ref: "#/components/parameters/application"
      - $ref: "#/components/parameters/serviceId"
      - $ref: "#/components/parameters/type"
    get:
      tags: [documents]
      operationId: getReport
      summary: What is wrong with a document.
      responses:
        "200":
          description: The findings, possibly none.
          content:
            application/json:
              schema: { $ref: "#/components/schemas/Report" }
${responseReferences()}
`;
