import { ABOUT_PATHS } from "./api-document/about-paths.ts";
import { COMPONENTS } from "./api-document/components.ts";
import { DOCUMENT_PATHS } from "./api-document/document-paths.ts";
import { RESPONSE_SCHEMAS } from "./api-document/response-schemas.ts";
import { REQUEST_SCHEMAS } from "./api-document/request-schemas.ts";
import { SERVICE_PATHS } from "./api-document/service-paths.ts";

/**
 * The API as external systems see it, served at /{application}/v1/metadata/api.yaml. It names every answer that one
 * of them can get, also those of the ingress and the validator in front: a test replays it against a server.
 */
export const API_DOCUMENT = `openapi: 3.0.0
info:
  title: Application Registry
  version: v1
  description: |
    The API with which an external system registers its services: an API and a catalogue of events, with
    credentials and documentation. {application} is the name in the client certificate.

    The Content-Type of a request is not looked at. In a body, names of members count in any case, unknown
    members are passed over, and null is as good as absent. A path has no other methods than those here: another
    one, such as HEAD, is answered with 405 and an Allow header. Any other path, also one with a slash at the end, is
    answered with 404, and one with empty or dot segments with 400. Both have the body of all errors.
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
${SERVICE_PATHS}${DOCUMENT_PATHS}${ABOUT_PATHS}components:
${COMPONENTS}  schemas:
${REQUEST_SCHEMAS}${RESPONSE_SCHEMAS}`;
