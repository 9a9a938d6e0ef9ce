/** By status: what the ingress and the router may answer, whatever is asked. */
const EVERYWHERE = {
  400: "Invalid",
  403: "Refused",
  404: "NotFound",
  408: "Slow",
  413: "TooLarge",
  421: "Misdirected",
  431: "HeadersTooLarge",
  500: "Failed",
} as const;

const REFUSALS = references(EVERYWHERE);
const TOKEN_REFUSALS = references({ ...EVERYWHERE, 429: "TooMany" });

function references(components: Readonly<Record<number, string>>): string {
  return Object.entries(components)
    .map(([status, name]) => `        "${status}": { $ref: "#/components/responses/${name}" }`)
    .join("\n");
}

/** The connector's API as others see it, served at /v1/api.yaml. What the internal API has is not in it. */
export const API_DOCUMENT = `openapi: 3.1.0
info:
  title: Connector Service
  version: "1"
  description: |
    Gives an external system the identity of its Application. With the one-time link of an administrator it
    asks what certificate it is to request, sends that request, and gets a client certificate. With the
    certificate it asks for its URLs, renews the certificate before its end, and revokes it when it is not
    needed any more.
servers:
  - url: https://connector-service.localhost:8444
    description: With a token; no client certificate is asked for.
  - url: https://gateway.localhost:8443
    description: With the client certificate.
tags:
  - name: pairing
    description: With the token of the link.
  - name: certificate
    description: With the client certificate.
  - name: public
    description: Open to everybody.
paths:
  /v1/applications/signingRequests/info:
    get:
      tags: [pairing]
      operationId: getSigningRequestInfo
      summary: What certificate to request, and where. Uses the token up; csrUrl has another one.
      security: [{ token: [] }, { tokenHeader: [] }]
      responses:
        "200":
          description: Subject and URLs.
          content:
            application/json:
              schema: { $ref: "#/components/schemas/SigningRequestInfo" }
${TOKEN_REFUSALS}
  /v1/applications/certificates:
    post:
      tags: [pairing]
      operationId: signCertificateRequest
      summary: Signs a certificate request. Uses the token up, unless the request is refused.
      security: [{ token: [] }, { tokenHeader: [] }]
      parameters:
        - $ref: "#/components/parameters/dryRun"
      requestBody: { $ref: "#/components/requestBodies/CertificateRequest" }
      responses:
        "200": { $ref: "#/components/responses/Checked" }
        "201": { $ref: "#/components/responses/Certificate" }
${TOKEN_REFUSALS}
  /v1/applications/management/info:
    get:
      tags: [certificate]
      operationId: getManagementInfo
      summary: Who the certificate says the caller is, its URLs, and the subject for a renewal.
      security: [{ certificate: [] }]
      responses:
        "200":
          description: Identity, URLs and subject.
          headers:
            Renew-After:
              description: From this date on the certificate should be renewed.
              schema: { type: string }
          content:
            application/json:
              schema: { $ref: "#/components/schemas/ManagementInfo" }
${REFUSALS}
  /v1/applications/certificates/renewals:
    post:
      tags: [certificate]
      operationId: renewCertificate
      summary: Signs a request for another certificate of the same subject. The old one stays valid until its end.
      security: [{ certificate: [] }]
      parameters:
        - $ref: "#/components/parameters/dryRun"
      requestBody: { $ref: "#/components/requestBodies/CertificateRequest" }
      responses:
        "200": { $ref: "#/components/responses/Checked" }
        "201": { $ref: "#/components/responses/Certificate" }
${REFUSALS}
  /v1/applications/certificates/revocations:
    post:
      tags: [certificate]
      operationId: revokeCertificate
      summary: Revokes the certificate of the call. The body is not looked at; it may be repeated.
      security: [{ certificate: [] }]
      responses:
        "201": { description: Revoked. }
${REFUSALS}
  /v1/runtimes/signingRequests/info:
    get:
      tags: [pairing]
      operationId: getRuntimeSigningRequestInfo
      summary: As for Applications, for a whole runtime. Runtime paths exist where tenants are told apart.
      security: [{ token: [] }, { tokenHeader: [] }]
      responses:
        "200":
          description: Subject and URLs.
          content:
            application/json:
              schema: { $ref: "#/components/schemas/SigningRequestInfo" }
${TOKEN_REFUSALS}
  /v1/runtimes/certificates:
    post:
      tags: [pairing]
      operationId: signRuntimeCertificateRequest
      summary: As for Applications; the common name is *Runtime*.
      security: [{ token: [] }, { tokenHeader: [] }]
      parameters:
        - $ref: "#/components/parameters/dryRun"
      requestBody: { $ref: "#/components/requestBodies/CertificateRequest" }
      responses:
        "200": { $ref: "#/components/responses/Checked" }
        "201": { $ref: "#/components/responses/Certificate" }
${TOKEN_REFUSALS}
  /v1/runtimes/management/info:
    get:
      tags: [certificate]
      operationId: getRuntimeManagementInfo
      summary: As for Applications, without URLs of the gateway.
      security: [{ certificate: [] }]
      responses:
        "200":
          description: Identity, URLs and subject.
          content:
            application/json:
              schema: { $ref: "#/components/schemas/ManagementInfo" }
${REFUSALS}
  /v1/runtimes/certificates/renewals:
    post:
      tags: [certificate]
      operationId: renewRuntimeCertificate
      summary: As for Applications.
      security: [{ certificate: [] }]
      parameters:
        - $ref: "#/components/parameters/dryRun"
      requestBody: { $ref: "#/components/requestBodies/CertificateRequest" }
      responses:
        "200": { $ref: "#/components/responses/Checked" }
        "201": { $ref: "#/components/responses/Certificate" }
${REFUSALS}
  /v1/runtimes/certificates/revocations:
    post:
      tags: [certificate]
      operationId: revokeRuntimeCertificate
      summary: As for Applications.
      security: [{ certificate: [] }]
      responses:
        "201": { description: Revoked. }
${REFUSALS}
  /v1/ca.crl:
    get:
      tags: [public]
      operationId: getRevocationList
      summary: The revoked certificates that have not ended, as an X.509 CRL in DER. Good for a day.
      security: []
      responses:
        "200":
          description: The list.
          content:
            application/pkix-crl: {}
${REFUSALS}
  /v1/health:
    get:
      tags: [public]
      operationId: getHealth
      summary: Whether the service answers.
      security: []
      responses:
        "200": { description: It does. }
${REFUSALS}
  /v1/api.yaml:
    get:
      tags: [public]
      operationId: getApi
      summary: This document.
      security: []
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
          description: OpenAPI 3.1.
          headers:
            Last-Modified: { $ref: "#/components/headers/LastModified" }
          content:
            text/plain:
              schema: { type: string }
        "206":
          description: The part that was asked for.
          headers:
            Last-Modified: { $ref: "#/components/headers/LastModified" }
            Content-Range: { required: true, schema: { type: string } }
          content:
            text/plain:
              schema: { type: string }
        "304":
          description: It is not newer than If-Modified-Since.
          headers:
            Last-Modified: { $ref: "#/components/headers/LastModified" }
        "416":
          description: The document is shorter than the range.
          headers:
            Content-Range: { required: true, schema: { type: string } }
          content:
            text/plain:
              schema: { type: string }
${REFUSALS}
  /v1:
    get:
      tags: [public]
      operationId: redirectToApi
      summary: Says where this document is.
      security: []
      responses:
        "301":
          description: It is at /v1/api.yaml.
          headers:
            Location: { required: true, schema: { type: string, const: /v1/api.yaml } }
          content:
            text/html:
              schema: { type: string }
${REFUSALS}
components:
  securitySchemes:
    token:
      type: apiKey
      in: query
      name: token
      description: Good once, for a few minutes.
    tokenHeader:
      type: apiKey
      in: header
      name: Connector-Token
      description: In place of the query.
    certificate:
      type: mutualTLS
  headers:
    LastModified:
      required: true
      schema: { type: string }
  parameters:
    dryRun:
      name: dryRun
      in: query
      description: Only checks the request, and says in details which attribute of the subject differs.
      schema: { type: string, enum: ["true", "false"] }
  requestBodies:
    CertificateRequest:
      required: true
      description: At most 64 KiB; the content type is not looked at.
      content:
        application/json:
          schema:
            type: object
            properties:
              csr:
                type: string
                contentEncoding: base64
                description: Base64 of a PKCS #10 request in PEM.
            required: [csr]
  responses:
    Certificate:
      description: The certificate.
      content:
        application/json:
          schema: { $ref: "#/components/schemas/Certificate" }
    Checked:
      description: With dryRun, the request would be signed.
      content:
        application/json:
          schema:
            type: object
            properties:
              subject: { type: string }
              valid: { type: boolean }
    Invalid:
      description: The request, or the certificate of the call, is not as it must be.
      content:
        application/json:
          schema: { $ref: "#/components/schemas/Error" }
    Refused:
      description: The token is missing, wrong, used or at its end; or the certificate is missing, not valid or revoked.
      content:
        application/json:
          schema: { $ref: "#/components/schemas/Error" }
    NotFound:
      description: This host has no such path.
      content:
        application/json:
          schema: { $ref: "#/components/schemas/Error" }
    Misdirected:
      description: Another host was called than the one of the listener.
      content:
        application/json:
          schema: { $ref: "#/components/schemas/Error" }
    TooMany:
      description: Too many wrong tokens came from this address.
      headers:
        Retry-After:
          required: true
          description: Seconds after which another one is looked at.
          schema: { type: integer, minimum: 1 }
      content:
        application/json:
          schema: { $ref: "#/components/schemas/Error" }
    HeadersTooLarge:
      description: Path, query and headers are too large together.
      content:
        application/json:
          schema: { $ref: "#/components/schemas/Error" }
    Slow:
      description: The request did not arrive in time.
      content:
        application/json:
          schema: { $ref: "#/components/schemas/Error" }
    TooLarge:
      description: The body is too large, where a certificate is requested larger than 64 KiB.
      content:
        application/json:
          schema: { $ref: "#/components/schemas/Error" }
    Failed:
      description: The body is no JSON, or the service itself has a problem.
      content:
        application/json:
          schema: { $ref: "#/components/schemas/Error" }
  schemas:
    SigningRequestInfo:
      type: object
      required: [csrUrl, api, certificate]
      properties:
        csrUrl: { type: string, format: uri, description: Where to send the request; holds a token. }
        api:
          type: object
          required: [infoUrl, certificatesUrl]
          properties:
            eventsInfoUrl: { type: string }
            eventsUrl: { type: string }
            metadataUrl: { type: string }
            infoUrl: { type: string, description: Management info. }
            certificatesUrl: { type: string }
        certificate: { $ref: "#/components/schemas/CertificateInfo" }
    ManagementInfo:
      type: object
      required: [clientIdentity, urls, certificate]
      properties:
        clientIdentity:
          type: object
          properties:
            application: { type: string }
            group: { type: string }
            tenant: { type: string }
        urls:
          type: object
          required: [renewCertUrl, revokeCertUrl]
          properties:
            eventsInfoUrl: { type: string }
            eventsUrl: { type: string }
            metadataUrl: { type: string }
            renewCertUrl: { type: string }
            revokeCertUrl: { type: string }
        certificate: { $ref: "#/components/schemas/CertificateInfo" }
    CertificateInfo:
      type: object
      required: [subject, extensions, key-algorithm]
      properties:
        subject: { type: string, examples: ["O=Organization,OU=OrgUnit,L=Waldorf,ST=Waldorf,C=DE,CN=shop"] }
        extensions: { type: string }
        key-algorithm:
          type: string
          description: A suggestion; RSA from 2048 to 8192 bits, EC on P-256, P-384 and P-521, and Ed25519 are signed.
    Certificate:
      type: object
      required: [crt, clientCrt, caCrt]
      properties:
        crt: { type: string, contentEncoding: base64, description: Client certificate, then who signed it; PEM. }
        clientCrt: { type: string, contentEncoding: base64, description: Client certificate; PEM. }
        caCrt: { type: string, contentEncoding: base64, description: Issuing authority, then its root; PEM. }
    Error:
      type: object
      required: [code, error]
      properties:
        code: { type: integer, description: The HTTP status. }
        error: { type: string }
        details:
          type: array
          description: With dryRun, the attributes that differ.
          items:
            type: object
            properties:
              attribute: { type: string }
              expected: { type: string }
              got: { type: array, items: { type: string } }
`;
