import { API_SCHEMAS } from "./api-schemas.ts";

/** The API as external systems see it, served at /{application}/v1/metadata/api.yaml. */
export const API_DOCUMENT = `openapi: 3.0.0
info:
  title: Application Registry
  version: v1
  description: |
    The API with which an external system registers its services: an API and a catalogue of events, with
    credentials and documentation. {application} is the name in the client certificate.
servers:
  - url: https://gateway.localhost:8443
    description: With the client certificate.
tags:
  - name: services
    description: Services of an Application.
  - name: documents
    description: Specifications and documentation of a service.
  - name: about
    description: This API.
paths:
  /{application}/v1/metadata/services:
    parameters:
      - $ref: "#/components/parameters/application"
    get:
      tags: [services]
      operationId: getServices
      summary: Lists the services in the order of their registration.
      parameters:
        - name: identifier
          in: query
          description: Only the service with this identifier.
          schema: { type: string }
      responses:
        "200":
          description: The services, possibly none.
          content:
            application/json:
              schema:
                type: array
                items: { $ref: "#/components/schemas/Service" }
        "404": { $ref: "#/components/responses/NotFound" }
        "500": { $ref: "#/components/responses/Failed" }
    post:
      tags: [services]
      operationId: createService
      summary: Registers a service.
      parameters:
        - name: Idempotency-Key
          in: header
          description: |
            A text of the client's choice in quotes, best a UUID. The same body with the same key within 24 hours answers
            the same id and registers nothing, while that service is there; another body with it is 422.
          schema: { type: string, maxLength: 257 }
          example: '"8e03978e-40d5-43dd-bc93-6894a57f9324"'
        - $ref: "#/components/parameters/dryRun"
      requestBody: { $ref: "#/components/requestBodies/ServiceDetails" }
      responses:
        "200":
          description: The service is registered.
          headers:
            ETag: { $ref: "#/components/headers/ETag" }
            X-Registry-Warnings: { $ref: "#/components/headers/Warnings" }
          content:
            application/json:
              schema:
                oneOf:
                  - $ref: "#/components/schemas/ServiceId"
                  - $ref: "#/components/schemas/DryRun"
        "400": { $ref: "#/components/responses/Invalid" }
        "404": { $ref: "#/components/responses/NotFound" }
        "409": { $ref: "#/components/responses/IdentifierTaken" }
        "413": { $ref: "#/components/responses/TooLarge" }
        "422": { $ref: "#/components/responses/KeyReused" }
        "500": { $ref: "#/components/responses/Failed" }
        "502": { $ref: "#/components/responses/Unreachable" }
        "503": { $ref: "#/components/responses/Busy" }
  /{application}/v1/metadata/services/{serviceId}:
    parameters:
      - $ref: "#/components/parameters/application"
      - $ref: "#/components/parameters/serviceId"
    get:
      tags: [services]
      operationId: getServiceDetails
      summary: Says what is registered of a service; credentials are masked.
      responses:
        "200":
          description: The service.
          headers:
            ETag: { $ref: "#/components/headers/ETag" }
            X-Registry-Warnings: { $ref: "#/components/headers/Warnings" }
          content:
            application/json:
              schema: { $ref: "#/components/schemas/ServiceDetails" }
        "304":
          description: It is what If-None-Match says.
        "404": { $ref: "#/components/responses/NotFound" }
        "500": { $ref: "#/components/responses/Failed" }
        "502": { $ref: "#/components/responses/Unreachable" }
    put:
      tags: [services]
      operationId: updateService
      summary: |
        Replaces a service as a whole; its identifier stays. A credential of exactly ******** keeps the stored one.
      parameters:
        - $ref: "#/components/parameters/ifMatch"
        - $ref: "#/components/parameters/dryRun"
      requestBody: { $ref: "#/components/requestBodies/ServiceDetails" }
      responses:
        "200":
          description: The service is changed.
          headers:
            ETag: { $ref: "#/components/headers/ETag" }
            X-Registry-Warnings: { $ref: "#/components/headers/Warnings" }
          content:
            application/json:
              schema:
                anyOf:
                  - $ref: "#/components/schemas/ServiceOverview"
                  - $ref: "#/components/schemas/DryRun"
        "400": { $ref: "#/components/responses/Invalid" }
        "404": { $ref: "#/components/responses/NotFound" }
        "412": { $ref: "#/components/responses/Stale" }
        "413": { $ref: "#/components/responses/TooLarge" }
        "500": { $ref: "#/components/responses/Failed" }
        "502": { $ref: "#/components/responses/Unreachable" }
        "503": { $ref: "#/components/responses/Busy" }
    delete:
      tags: [services]
      operationId: deleteService
      summary: Removes a service with its credentials and documents, if it is there.
      parameters:
        - $ref: "#/components/parameters/ifMatch"
      responses:
        "204":
          description: There is no such service any more.
        "404": { $ref: "#/components/responses/NotFound" }
        "412": { $ref: "#/components/responses/Stale" }
        "500": { $ref: "#/components/responses/Failed" }
  /{application}/v1/metadata/services/{serviceId}/certificate/rotate:
    parameters:
      - $ref: "#/components/parameters/application"
      - $ref: "#/components/parameters/serviceId"
    post:
      tags: [services]
      operationId: rotateCertificate
      summary: Makes a new key pair for generated credentials.
      responses:
        "200":
          description: The new certificate.
          content:
            application/json:
              schema: { $ref: "#/components/schemas/CertificateGen" }
        "400": { $ref: "#/components/responses/Invalid" }
        "404": { $ref: "#/components/responses/NotFound" }
        "500": { $ref: "#/components/responses/Failed" }
  /{application}/v1/metadata/services/{serviceId}/specs:
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
              schema:
                type: array
                items: { $ref: "#/components/schemas/Document" }
        "404": { $ref: "#/components/responses/NotFound" }
        "500": { $ref: "#/components/responses/Failed" }
  /{application}/v1/metadata/services/{serviceId}/specs/refresh:
    parameters:
      - $ref: "#/components/parameters/application"
      - $ref: "#/components/parameters/serviceId"
    post:
      tags: [documents]
      operationId: refreshSpecification
      summary: Fetches the API's specification again from where it came.
      responses:
        "200":
          description: The documents as they are now.
          content:
            application/json:
              schema:
                type: array
                items: { $ref: "#/components/schemas/Document" }
        "400": { $ref: "#/components/responses/Invalid" }
        "404": { $ref: "#/components/responses/NotFound" }
        "500": { $ref: "#/components/responses/Failed" }
        "502": { $ref: "#/components/responses/Unreachable" }
        "503": { $ref: "#/components/responses/Busy" }
  /{application}/v1/metadata/services/{serviceId}/specs/{type}:
    parameters:
      - $ref: "#/components/parameters/application"
      - $ref: "#/components/parameters/serviceId"
      - $ref: "#/components/parameters/type"
    get:
      tags: [documents]
      operationId: getDocument
      summary: One document as it is published.
      responses:
        "200":
          description: Its bytes.
          headers:
            ETag: { $ref: "#/components/headers/ETag" }
          content:
            "*/*":
              schema: { type: string, format: binary }
        "304":
          description: It is what If-None-Match says.
        "404": { $ref: "#/components/responses/NotFound" }
        "502": { $ref: "#/components/responses/Unreachable" }
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
        "404": { $ref: "#/components/responses/NotFound" }
        "502": { $ref: "#/components/responses/Unreachable" }
  /{application}/v1/metadata/api.yaml:
    parameters:
      - $ref: "#/components/parameters/application"
    get:
      tags: [about]
      operationId: getApiDocument
      summary: This document.
      responses:
        "200":
          description: The OpenAPI document.
          content:
            text/plain:
              schema: { type: string }
  /v1/health:
    get:
      tags: [about]
      operationId: getHealth
      summary: Says that the registry runs; not reachable from outside.
      responses:
        "200":
          description: It runs.
components:
  parameters:
    application:
      name: application
      in: path
      required: true
      description: Name of the Application.
      schema: { type: string }
    serviceId:
      name: serviceId
      in: path
      required: true
      schema: { type: string }
    type:
      name: type
      in: path
      required: true
      schema: { type: string, enum: [openapi, odata, asyncapi, docs] }
    ifMatch:
      name: If-Match
      in: header
      description: ETag of the state that is to be changed; another one is refused with 412.
      schema: { type: string }
    dryRun:
      name: dryRun
      in: query
      description: |
        true fetches and checks the documents and tells what was found, without keeping anything. The status is the one
        that the request would have got; where documents are refused for their findings, the error lists them too.
      schema: { type: boolean, default: false }
  headers:
    ETag:
      description: Changes with every change.
      schema: { type: string }
    Warnings:
      description: Number of Warning headers, where there are any.
      schema: { type: integer }
  requestBodies:
    ServiceDetails:
      required: true
      content:
        application/json:
          schema: { $ref: "#/components/schemas/ServiceDetails" }
  responses:
    Invalid:
      description: The request has a mistake, which the text names.
      content: { application/json: { schema: { $ref: "#/components/schemas/Error" } } }
    NotFound:
      description: There is no such Application or service.
      content: { application/json: { schema: { $ref: "#/components/schemas/Error" } } }
    IdentifierTaken:
      description: Another service of the Application has this identifier.
      content: { application/json: { schema: { $ref: "#/components/schemas/Error" } } }
    KeyReused:
      description: The Idempotency-Key belongs to a registration with another body.
      content: { application/json: { schema: { $ref: "#/components/schemas/Error" } } }
    Stale:
      description: The service is not what If-Match says.
      content: { application/json: { schema: { $ref: "#/components/schemas/Error" } } }
    TooLarge:
      description: The body is too large.
      content: { application/json: { schema: { $ref: "#/components/schemas/Error" } } }
    Failed:
      description: The request could not be served.
      content: { application/json: { schema: { $ref: "#/components/schemas/Error" } } }
    Unreachable:
      description: A specification could not be fetched or read.
      content: { application/json: { schema: { $ref: "#/components/schemas/Error" } } }
    Busy:
      description: Too many specifications are being fetched; Retry-After says when to try again.
      headers:
        Retry-After: { description: Seconds., schema: { type: integer } }
      content: { application/json: { schema: { $ref: "#/components/schemas/Error" } } }
${API_SCHEMAS}`;
