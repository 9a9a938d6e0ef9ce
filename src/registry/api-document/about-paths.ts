import { responseReferences } from "./response-references.ts";

/** Any of them is sent on. */
const METHODS = ["get", "put", "post", "delete", "options", "head", "patch", "trace"] as const;

function redirect(method: (typeof METHODS)[number]): string {
  const body = method === "get" ? "          content: { text/html: { schema: { type: string } } }\n" : "";
  return `    ${method}:
      tags: [about]
      operationId: redirectTo${method.charAt(0).toUpperCase()}${method.slice(1)}
      summary: Says where the document of this API is.
      responses:
        "301":
          description: It is at api.yaml below this path.
          headers:
            Location: { required: true, schema: { type: string, pattern: "/v1/metadata/api\\\\.yaml$" } }
${body}${responseReferences()}
`;
}

/** The document itself, and health. */
export const ABOUT_PATHS = `  /{application}/v1/metadata:
    parameters:
      - $ref: "#/components/parameters/application"
${METHODS.map(redirect).join("")}  /{application}/v1/metadata/api.yaml:
    parameters:
      - $ref: "#/components/parameters/application"
    get:
      tags: [about]
      operationId: getApiDocument
      summary: This document.
      parameters:
        - name: If-Modified-Since
          in: header
          description: Last-Modified of the document that the client has.
          schema: { type: string }
        - name: Range
          in: header
          description: The part that is wanted, such as bytes=0-99.
          schema: { type: string }
        - name: If-Range
          in: header
          description: Last-Modified of the document that the range is of; the whole is answered to another one.
          schema: { type: string }
      responses:
        "200":
          description: The OpenAPI document.
          headers:
            Last-Modified: { $ref: "#/components/headers/LastModified" }
          content: { text/plain: { schema: { type: string } } }
        "206":
          description: The part that was asked for.
          headers:
            Last-Modified: { $ref: "#/components/headers/LastModified" }
            Content-Range: { required: true, schema: { type: string } }
          content: { text/plain: { schema: { type: string } } }
        "304":
          description: It is not newer than If-Modified-Since.
          headers:
            Last-Modified: { $ref: "#/components/headers/LastModified" }
        "416":
          description: The document is shorter than the range.
          headers:
            Content-Range: { required: true, schema: { type: string } }
          content: { text/plain: { schema: { type: string } } }
${responseReferences()}
  /v1/health:
    get:
      tags: [about]
      operationId: getHealth
      summary: Says that the registry runs, on its own listener; at the gateway it is the connector that answers.
      responses:
        "200":
          description: It runs.
${responseReferences()}
`;
