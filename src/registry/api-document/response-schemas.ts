/** What is answered: nothing but these members. */
export const RESPONSE_SCHEMAS = `    Error:
      type: object
      additionalProperties: false
      required: [code, error]
      properties:
        code: { type: integer, description: The status. }
        error: { type: string }
    ServiceId:
      type: object
      additionalProperties: false
      required: [id]
      properties:
        id: { type: string }
    DryRun:
      type: object
      additionalProperties: false
      required: [dryRun, documents, warnings]
      properties:
        dryRun: { type: boolean, enum: [true] }
        documents: { $ref: "#/components/schemas/TriedDocuments" }
        warnings: { type: array, items: { type: string } }
    RefusedDryRun:
      type: object
      additionalProperties: false
      required: [code, error, dryRun, documents, warnings]
      properties:
        code: { type: integer, description: The status. }
        error: { type: string }
        dryRun: { type: boolean, enum: [true] }
        documents: { $ref: "#/components/schemas/TriedDocuments" }
        warnings: { type: array, items: { type: string } }
    TriedDocuments:
      type: array
      items:
        type: object
        additionalProperties: false
        required: [type, fileName, phase, reason, hash, size, findings]
        properties:
          type: { $ref: "#/components/schemas/DocumentType" }
          fileName: { type: string }
          phase: { type: string, enum: [Ready, Failed] }
          reason: { type: string }
          hash: { type: string, pattern: "^[0-9a-f]{64}$", description: SHA-256 of what would be registered. }
          size: { type: integer, minimum: 0, description: Bytes. }
          findings: { $ref: "#/components/schemas/Findings" }
    Labels:
      type: object
      nullable: true
      additionalProperties: { type: string }
    Service:
      type: object
      additionalProperties: false
      required: [id, provider, name, description, labels]
      properties:
        id: { type: string }
        provider: { type: string }
        name: { type: string }
        description: { type: string }
        identifier: { type: string }
        labels: { $ref: "#/components/schemas/Labels" }
    ServiceOverview:
      type: object
      additionalProperties: false
      required: [provider, name, description, labels]
      properties:
        provider: { type: string }
        name: { type: string }
        description: { type: string }
        identifier: { type: string }
        labels: { $ref: "#/components/schemas/Labels" }
    ServiceDetails:
      type: object
      additionalProperties: false
      required: [provider, name, description, labels]
      properties:
        provider: { type: string }
        name: { type: string }
        description: { type: string }
        identifier: { type: string }
        labels: { $ref: "#/components/schemas/Labels" }
        api: { $ref: "#/components/schemas/ApiDetails" }
        events:
          type: object
          additionalProperties: false
          required: [spec]
          properties:
            spec: { type: object, description: As it was sent. }
        documentation: { $ref: "#/components/schemas/DocumentationDetails" }
    ApiDetails:
      type: object
      additionalProperties: false
      required: [targetUrl]
      properties:
        targetUrl: { type: string }
        credentials: { $ref: "#/components/schemas/CredentialsDetails" }
        spec:
          description: The document; a text where it is no JSON.
        specificationUrl: { type: string }
        apiType: { type: string }
        requestParameters: { $ref: "#/components/schemas/KeptParameters" }
    KeptParameters:
      type: object
      additionalProperties: false
      properties:
        headers: { $ref: "#/components/schemas/KeptValues" }
        queryParameters: { $ref: "#/components/schemas/KeptValues" }
    KeptValues:
      type: object
      additionalProperties: { type: array, items: { type: string } }
    CredentialsDetails:
      type: object
      additionalProperties: false
      minProperties: 1
      maxProperties: 1
      properties:
        basic:
          type: object
          additionalProperties: false
          required: [username, password]
          properties:
            username: { $ref: "#/components/schemas/Mask" }
            password: { $ref: "#/components/schemas/Mask" }
            csrfInfo: { $ref: "#/components/schemas/CsrfDetails" }
        oauth:
          type: object
          additionalProperties: false
          required: [url, clientId, clientSecret]
          properties:
            url: { type: string }
            clientId: { $ref: "#/components/schemas/Mask" }
            clientSecret: { $ref: "#/components/schemas/Mask" }
            requestParameters: { $ref: "#/components/schemas/KeptParameters" }
            csrfInfo: { $ref: "#/components/schemas/CsrfDetails" }
        certificateGen:
          type: object
          additionalProperties: false
          required: [commonName, certificate]
          properties:
            commonName: { type: string }
            certificate: { type: string, description: PEM in base64. }
            csrfInfo: { $ref: "#/components/schemas/CsrfDetails" }
    Mask: { type: string, enum: ["********"] }
    CsrfDetails:
      type: object
      additionalProperties: false
      required: [tokenEndpointURL]
      properties:
        tokenEndpointURL: { type: string }
    DocumentationDetails:
      type: object
      additionalProperties: false
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
            additionalProperties: false
            required: [title, type, source]
            properties:
              title: { type: string }
              type: { type: string }
              source: { type: string }
    GeneratedCertificate:
      type: object
      additionalProperties: false
      required: [commonName, certificate]
      properties:
        commonName: { type: string }
        certificate: { type: string, format: byte, description: PEM in base64. }
    DocumentType: { type: string, enum: [openapi, odata, asyncapi, docs] }
    Phase: { type: string, enum: [Pending, Ready, Failed] }
    Documents:
      type: array
      items:
        type: object
        additionalProperties: false
        required: [type, fileName, phase, reason, message, hash, findings]
        properties:
          type: { $ref: "#/components/schemas/DocumentType" }
          fileName: { type: string }
          phase: { $ref: "#/components/schemas/Phase" }
          reason: { type: string, description: Empty before the first check. }
          message: { type: string }
          hash: { type: string, pattern: "^[0-9a-f]{64}$", description: SHA-256 of what was registered. }
          size: { type: integer, minimum: 0, description: Bytes; absent before the first check. }
          findings:
            type: object
            description: How many there are of each severity.
            additionalProperties: false
            required: [error, warning, info]
            properties:
              error: { type: integer, minimum: 0 }
              warning: { type: integer, minimum: 0 }
              info: { type: integer, minimum: 0 }
    Report:
      type: object
      additionalProperties: false
      required: [type, phase, reason, message, findings]
      properties:
        type: { $ref: "#/components/schemas/DocumentType" }
        phase: { $ref: "#/components/schemas/Phase" }
        reason: { type: string }
        message: { type: string }
        findings: { $ref: "#/components/schemas/Findings" }
    Findings:
      type: array
      items:
        type: object
        additionalProperties: false
        required: [severity, path, message]
        properties:
          severity: { type: string, enum: [error, warning, info] }
          path: { type: string, description: "JSON pointer, or the like for XML; empty for the whole document." }
          line: { type: integer, minimum: 1 }
          message: { type: string }
`;
