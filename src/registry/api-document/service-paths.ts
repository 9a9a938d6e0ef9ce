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
      responses:
        "200":
          description: The services, possibly none.
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
      requestBody: { $ref: "#/components/requestBodies/Service" }
      responses:
        "200":
          description: The service is registered.
          headers:
            ETag: { $ref: "#/components/headers/ETag" }
            Warning: { $ref: "#/components/headers/Warning" }
            X-Registry-Warnings: { $ref: "#/components/headers/Warnings" }
          content:
            application/json:
              schema: { $ref: "#/components/schemas/ServiceId" }
          links:
            getServiceDetails: { $ref: "#/components/links/details" }
            updateService: { $ref: "#/components/links/update" }
            deleteService: { $ref: "#/components/links/removal" }
            rotateCertificate: { $ref: "#/components/links/rotation" }
            getDocuments: { $ref: "#/components/links/documents" }
            refreshSpecification: { $ref: "#/components/links/refresh" }
${responseReferences(409, 507)}
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
      requestBody: { $ref: "#/components/requestBodies/Service" }
      responses:
        "200":
          description: The service is changed.
          headers:
            ETag: { $ref: "#/components/headers/ETag" }
            Warning: { $ref: "#/components/headers/Warning" }
            X-Registry-Warnings: { $ref: "#/components/headers/Warnings" }
          content:
            application/json:
              schema: { $ref: "#/components/schemas/ServiceOverview" }
${responseReferences(412, 507)}
    delete:
      tags: [services]
      operationId: deleteService
      summary: Removes a service with its credentials and documents, if it is there.
      parameters:
        - $ref: "#/components/parameters/ifMatch"
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
      responses:
        "200":
          description: The new certificate.
          content:
            application/json:
              schema: { $ref: "#/components/schemas/GeneratedCertificate" }
${responseReferences(507)}
`;
