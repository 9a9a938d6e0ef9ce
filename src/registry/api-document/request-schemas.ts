/** What is sent. `nullable` stands wherever null is as good as absent. */
export const REQUEST_SCHEMAS = `    ServiceRequest:
      type: object
      description: At least one of api and events is given.
      required: [provider, name, description]
      anyOf:
        - required: [api]
          properties: { api: { type: object } }
        - required: [events]
          properties: { events: { type: object } }
      properties:
        provider: { type: string, minLength: 1 }
        name:
          type: string
          minLength: 1
          description: |
            Unique in the Application, also in lower case and with - for all that are no ASCII letters and digits; cannot be changed.
        description: { type: string, minLength: 1 }
        shortDescription: { type: string, nullable: true }
        identifier: { type: string, nullable: true, description: Unique in the Application; cannot be changed. }
        labels:
          type: object
          nullable: true
          additionalProperties: { type: string, nullable: true }
        api: { $ref: "#/components/schemas/ApiRequest" }
        events:
          type: object
          nullable: true
          required: [spec]
          properties:
            spec: { type: object, nullable: true, description: AsyncAPI document as JSON. }
        documentation: { $ref: "#/components/schemas/DocumentationRequest" }
    ApiRequest:
      type: object
      nullable: true
      required: [targetUrl]
      properties:
        targetUrl: { $ref: "#/components/schemas/Url" }
        spec: { type: object, nullable: true, description: OpenAPI or OData document as JSON. }
        specificationUrl:
          type: string
          nullable: true
          description: From where the document is fetched without spec; 502 where that fails.
        apiType: { type: string, nullable: true, description: OData fetches $metadata where no document is given. }
        requestParameters: { $ref: "#/components/schemas/RequestParameters" }
        credentials: { $ref: "#/components/schemas/Credentials" }
        specificationCredentials: { $ref: "#/components/schemas/SpecificationCredentials" }
        specificationRequestParameters: { $ref: "#/components/schemas/RequestParameters" }
        headers: { $ref: "#/components/schemas/Values" }
        queryParameters: { $ref: "#/components/schemas/Values" }
    Url:
      type: string
      format: uri
      minLength: 4
      maxLength: 2082
      description: |
        With one of the schemes http, https, ftp, tcp, udp, ws and wss in lower case; without a scheme where the host has a dot or a port.
    Values:
      type: object
      nullable: true
      additionalProperties:
        type: array
        nullable: true
        items: { type: string, nullable: true }
    RequestParameters:
      type: object
      nullable: true
      properties:
        headers: { $ref: "#/components/schemas/Values" }
        queryParameters: { $ref: "#/components/schemas/Values" }
    Credentials:
      type: object
      nullable: true
      description: One of them.
      not:
        anyOf:
          - { required: [basic, oauth], properties: { basic: { type: object }, oauth: { type: object } } }
          - { required: [basic, certificateGen], properties: { basic: { type: object }, certificateGen: { type: object } } }
          - { required: [oauth, certificateGen], properties: { oauth: { type: object }, certificateGen: { type: object } } }
      properties:
        basic: { $ref: "#/components/schemas/Basic" }
        oauth: { $ref: "#/components/schemas/OAuth" }
        certificateGen: { $ref: "#/components/schemas/CertificateGen" }
    SpecificationCredentials:
      type: object
      nullable: true
      description: One of them; used for the fetch and never stored.
      not: { required: [basic, oauth], properties: { basic: { type: object }, oauth: { type: object } } }
      properties:
        basic: { $ref: "#/components/schemas/SpecificationBasic" }
        oauth: { $ref: "#/components/schemas/SpecificationOAuth" }
    SpecificationBasic:
      type: object
      nullable: true
      required: [username, password]
      properties:
        username: { type: string, minLength: 1 }
        password: { type: string, minLength: 1 }
    SpecificationOAuth:
      type: object
      nullable: true
      required: [url, clientId, clientSecret]
      properties:
        url: { $ref: "#/components/schemas/Url" }
        clientId: { type: string, minLength: 1 }
        clientSecret: { type: string, minLength: 1 }
        requestParameters: { $ref: "#/components/schemas/RequestParameters" }
    Basic:
      nullable: true
      type: object
      required: [username, password]
      properties:
        username: { type: string, minLength: 1 }
        password: { type: string, minLength: 1 }
        csrfInfo: { $ref: "#/components/schemas/Csrf" }
    OAuth:
      type: object
      nullable: true
      required: [url, clientId, clientSecret]
      properties:
        url: { $ref: "#/components/schemas/Url" }
        clientId: { type: string, minLength: 1 }
        clientSecret: { type: string, minLength: 1 }
        requestParameters: { $ref: "#/components/schemas/RequestParameters" }
        csrfInfo: { $ref: "#/components/schemas/Csrf" }
    CertificateGen:
      type: object
      nullable: true
      properties:
        commonName: { type: string, nullable: true, description: Without one there are no credentials. }
        certificate: { type: string, nullable: true, description: Is made by the registry; what is sent is not looked at. }
        csrfInfo: { $ref: "#/components/schemas/Csrf" }
    Csrf:
      type: object
      nullable: true
      required: [tokenEndpointURL]
      properties:
        tokenEndpointURL: { $ref: "#/components/schemas/Url" }
    DocumentationRequest:
      type: object
      nullable: true
      required: [displayName, description, type]
      properties:
        displayName: { type: string, minLength: 1 }
        description: { type: string, minLength: 1 }
        type: { type: string, minLength: 1 }
        tags: { type: array, nullable: true, items: { type: string, nullable: true } }
        docs:
          type: array
          nullable: true
          items:
            type: object
            nullable: true
            properties:
              title: { type: string, nullable: true }
              type: { type: string, nullable: true }
              source: { type: string, nullable: true }
`;
