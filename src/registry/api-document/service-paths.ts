import { responseReferences } from "./response-references.ts";

/** Services of an Application, without their documents. */
export const SERVICE_PATHS = `  /{application}/v1/metadata/services:
    parameters:
      - $ref: "#/components/parameters/application"
    get:
      tags: [services]
      operationId: getServices
      summary: Lists the services in the order of their registration.
      parameters:
        - name: identifier
          in: query
          description: Only the service with this identifier; all of them where it is empty.
          schema: { type: string }
        - name: limit
          in: query
          description: How many at most, at once; more than 1000 are never given so. Without it all are.
          schema: { type: integer, minimum: 1, maximum: 999999999 }
        - name: continue
          in: query
          description: From the Link of the page before; counts beside limit alone.
          schema: { type: string }
      responses:
        "200":
          description: The services, possibly none.
          headers:
            Link: { $ref: "#/components/headers/Link" }
          content:
            application/json:
              schema:
                type: array
                items: { $ref: "#/components/schemas/Service" }
${responseReferences()}
    post:
      tags: [services]
      operationId: createService
      summary: Registers a service.
      parameters:
        - name: Idempotency-Key
          in: header
          description: |
            A text of the client's choice, best a UUID, in quotes or without. The same body with the same key answers the
            same id within 24 hours and registers nothing, while that service is there.
          schema:
            type: string
            pattern: '^([!#-+\\x2d-:<-\\[\\]-~]{1,255}|"([ !#-\\[\\]-~]|\\\\["\\\\]){1,255}")$'
          example: 8e03978e-40d5-43dd-bc93-6894a57f9324
        - $ref: "#/components/parameters/dryRun"
      requestBody: { $ref: "#/components/requestBodies/Service" }
      responses:
        "200":
          description: The service is registered, or a dry run would have registered it.
          headers:
            ETag: { $ref: "#/components/headers/ETagAfter" }
            Warning: { $ref: "#/components/headers/Warning" }
            X-Registry-Warnings: { $ref: "#/components/headers/Warnings" }
          content:
            application/json:
              schema:
                oneOf:
                  - $ref: "#/components/schemas/ServiceId"
                  - $ref: "#/components/schemas/DryRun"
          links:
            getServiceDetails: { $ref: "#/components/links/details" }
            updateService: { $ref: "#/components/links/update" }
            deleteService: { $ref: "#/components/links/removal" }
            rotateCertificate: { $ref: "#/components/links/rotation" }
            getDocuments: { $ref: "#/components/links/documents" }
            refreshSpecification: { $ref: "#/components/links/refresh" }
${responseReferences(400, 409, 413, 422, 503, 507)}
  /{application}/v1/metadata/services/{serviceId}:
    parameters:
      - $ref: "#/components/parameters/application"
      - $ref: "#/components/parameters/serviceId"
    get:
      tags: [services]
      operationId: getServiceDetails
      summary: Says what is registered of a service; credentials are masked.
      parameters:
        - $ref: "#/components/parameters/ifNoneMatch"
      responses:
        "200":
          description: The service.
          headers:
            ETag: { $ref: "#/components/headers/ETag" }
            Warning: { $ref: "#/components/headers/Warning" }
            X-Registry-Warnings: { $ref: "#/components/headers/Warnings" }
          content:
            application/json:
              schema: { $ref: "#/components/schemas/ServiceDetails" }
        "304": { $ref: "#/components/responses/Unchanged" }
${responseReferences()}
    put:
      tags: [services]
      operationId: updateService
      summary: |
        Replaces a service as a whole; its identifier stays. A credential of exactly ******** keeps the stored one.
      parameters:
        - $ref: "#/components/parameters/ifMatch"
        - $ref: "#/components/parameters/dryRun"
      requestBody: { $ref: "#/components/requestBodies/Service" }
      responses:
        "200":
          description: The service is changed, or a dry run would have changed it.
          headers:
            ETag: { $ref: "#/components/headers/ETagAfter" }
            Warning: { $ref: "#/components/headers/Warning" }
            X-Registry-Warnings: { $ref: "#/components/headers/Warnings" }
          content:
            application/json:
              schema:
                oneOf:
                  - $ref: "#/components/schemas/ServiceOverview"
                  - $ref: "#/components/schemas/DryRun"
${responseReferences(400, 412, 413, 503, 507)}
    delete:
      tags: [services]
      operationId: deleteService
      summary: Removes a service with its credentials and documents, if it is there.
      parameters:
        - $ref: "#/components/parameters/ifMatch"
        - $ref: "#/components/parameters/notDry"
      responses:
        "204":
          description: There is no such service any more.
${responseReferences(412)}
  /{application}/v1/metadata/services/{serviceId}/certificate/rotate:
    parameters:
      - $ref: "#/components/parameters/application"
      - $ref: "#/components/parameters/serviceId"
    post:
      tags: [services]
      operationId: rotateCertificate
      summary: Makes a new key pair for generated credentials; 400 where the service has none.
      parameters:
        - $ref: "#/components/parameters/notDry"
      responses:
        "200":
          description: The new certificate.
          content:
            application/json:
              schema: { $ref: "#/components/schemas/GeneratedCertificate" }
${responseReferences(507)}
`;
