/**
 * What a client says of a service (registry spec §3), read and checked. A text that was not given or was null
 * is empty, as in the original; objects that were not given are undefined.
 */
export interface ServiceRequest {
  readonly provider: string;
  readonly name: string;
  readonly description: string;
  readonly shortDescription: string;
  readonly identifier: string;
  readonly labels: TextMap | undefined;
  readonly api: ApiRequest | undefined;
  readonly events: EventsRequest | undefined;
  /** As JSON, with the members of registry spec §3 alone. */
  readonly documentation: Uint8Array | undefined;
}

/** Without a prototype: its keys are a stranger's. */
export type TextMap = Readonly<Record<string, string>>;
export type TextListMap = Readonly<Record<string, readonly string[]>>;

export interface ApiRequest {
  readonly targetUrl: string;
  /** The JSON object as it was written, without insignificant white space (registry spec §2.2), in UTF-8. */
  readonly spec: Uint8Array | undefined;
  readonly specificationUrl: string;
  readonly apiType: string;
  /** The deprecated spelling is used where `requestParameters` is absent as a whole. */
  readonly requestParameters: RequestParametersRequest | undefined;
  /** undefined also for an empty object, and for a certificate to generate without a common name. */
  readonly credentials: CredentialsRequest | undefined;
  readonly specificationCredentials: SpecificationCredentials | undefined;
  readonly specificationRequestParameters: RequestParametersRequest | undefined;
}

export interface RequestParametersRequest {
  readonly headers: TextListMap | undefined;
  readonly queryParameters: TextListMap | undefined;
}

export type CredentialsRequest = (BasicCredentials | OAuthCredentials | GeneratedCertificate) & {
  /** Where a CSRF token is fetched; empty without one. */
  readonly csrfTokenUrl: string;
};

export type SpecificationCredentials = BasicCredentials | OAuthCredentials;

export interface BasicCredentials {
  readonly kind: "basic";
  readonly username: string;
  readonly password: string;
}

export interface OAuthCredentials {
  readonly kind: "oauth";
  readonly url: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly requestParameters: RequestParametersRequest | undefined;
}

export interface GeneratedCertificate {
  readonly kind: "certificateGen";
  readonly commonName: string;
}

export interface EventsRequest {
  /** As `ApiRequest.spec`. */
  readonly spec: Uint8Array | undefined;
}
