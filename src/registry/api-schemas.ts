/** The end of the OpenAPI document: what bodies consist of. */
export const API_SCHEMAS = `  schemas:
    Error:
      type: object
      required: [code, error]
      properties:
        code: { type: integer }
        error: { type: string }
    ServiceId:
      type: object
      required: [id]
      properties:
        id: { type: string, format: uuid }
    Labels:
      type: object
      nullable: true
      additionalProperties: { type: string }
    DryRun:
      type: object
      required: [dryRun, documents, warnings]
      properties:
        dryRun: { type: boolean, enum: [true] }
        documents:
          type: array
          items: { $ref: "#/components/schemas/TriedDocument" }
        warnings: { type: array, items: { type: string } }
    TriedDocument:
      type: object
      properties:
        type: { type: string, enum: [openapi, odata, asyncapi, docs] }
        fileName: { type: string }
        phase: { type: string, enum: [Ready, Failed] }
        reason: { type: string }
        hash: { type: string, description: SHA-256. }
        size: { type: integer, description: Bytes. }
        findings:
          type: array
          items: { $ref: "#/components/schemas/Finding" }
    ServiceOverview:
      type: object
      properties:
        provider: { type: string }
        name: { type: string }
        description: { type: string }
        identifier: { type: string }
        labels: { $ref: "#/components/schemas/Labels" }
    Service:
      allOf:
        - $ref: "#/components/schemas/ServiceId"
        - $ref: "#/components/schemas/ServiceOverview"
    ServiceDetails:
      type: object
      required: [provider, name, description]
      description: At least one of api and events is given.
      properties:
        provider: { type: string, minLength: 1 }
        name: { type: string, minLength: 1 }
        description: { type: string, minLength: 1 }
        shortDescription: { type: string }
        identifier: { type: string, description: Unique in the Application; cannot be changed. }
        labels: { $ref: "#/components/schemas/Labels" }
        api: { $ref: "#/components/schemas/Api" }
        events: { $ref: "#/components/schemas/Events" }
        documentation: { $ref: "#/components/schemas/Documentation" }
    Api:
      type: object
      required: [targetUrl]
      properties:
        targetUrl: { type: string, format: uri }
        spec: { type: object, nullable: true, description: OpenAPI or OData document as JSON. }
        specificationUrl: { type: string, description: From where the document is fetched without spec. }
        apiType: { type: string, description: OData fetches $metadata where no document is given. }
        requestParameters: { $ref: "#/components/schemas/RequestParameters" }
        credentials: { $ref: "#/components/schemas/Credentials" }
        specificationCredentials: { $ref: "#/components/schemas/SpecificationCredentials" }
        specificationRequestParameters: { $ref: "#/components/schemas/RequestParameters" }
        headers: { $ref: "#/components/schemas/Values" }
        queryParameters: { $ref: "#/components/schemas/Values" }
    Values:
      type: object
      additionalProperties:
        type: array
        items: { type: string }
    RequestParameters:
      type: object
      properties:
        headers: { $ref: "#/components/schemas/Values" }
        queryParameters: { $ref: "#/components/schemas/Values" }
    Credentials:
      type: object
      description: One of them.
      properties:
        basic: { $ref: "#/components/schemas/Basic" }
        oauth: { $ref: "#/components/schemas/OAuth" }
        certificateGen: { $ref: "#/components/schemas/CertificateGen" }
    SpecificationCredentials:
      type: object
      description: One of them; used for the fetch and never stored.
      properties:
        basic: { $ref: "#/components/schemas/Basic" }
        oauth: { $ref: "#/components/schemas/OAuth" }
    Basic:
      type: object
      required: [username, password]
      properties:
        username: { type: string }
        password: { type: string }
        csrfInfo: { $ref: "#/components/schemas/Csrf" }
    OAuth:
      type: object
      required: [url, clientId, clientSecret]
      properties:
        url: { type: string, format: uri }
        clientId: { type: string }
        clientSecret: { type: string }
        requestParameters: { $ref: "#/components/schemas/RequestParameters" }
        csrfInfo: { $ref: "#/components/schemas/Csrf" }
    CertificateGen:
      type: object
      properties:
        commonName: { type: string }
        certificate: { type: string, readOnly: true, description: PEM in base64. }
        csrfInfo: { $ref: "#/components/schemas/Csrf" }
    Csrf:
      type: object
      required: [tokenEndpointURL]
      properties:
        tokenEndpointURL: { type: string, format: uri }
    Events:
      type: object
      properties:
        spec: { type: object, nullable: true, description: AsyncAPI document as JSON. }
    Documentation:
      type: object
      required: [displayName, description, type]
      properties:
        displayName: { type: string }
        description: { type: string }
        type: { type: string }
        tags: { type: array, items: { type: string } }
        docs:
          type: array
          items:
            type: object
            properties:
              title: { type: string }
              type: { type: string }
              source: { type: string }
    Document:
      type: object
      properties:
        type: { type: string, enum: [openapi, odata, asyncapi, docs] }
        fileName: { type: string }
        phase: { type: string, enum: [Pending, Ready, Failed] }
        reason: { type: string }
        hash: { type: string, description: SHA-256 of what was registered. }
        message: { type: string }
        size: { type: integer }
        findings:
          type: object
          description: How many of each severity.
          properties:
            error: { type: integer }
            warning: { type: integer }
            info: { type: integer }
    Report:
      type: object
      properties:
        type: { type: string }
        phase: { type: string }
        reason: { type: string }
        message: { type: string }
        findings:
          type: array
          items: { $ref: "#/components/schemas/Finding" }
    Finding:
      type: object
      properties:
        severity: { type: string, enum: [error, warning, info] }
        path: { type: string, description: JSON pointer; empty for the document as a whole. }
        line: { type: integer, minimum: 1 }
        message: { type: string }
`;
