import { anyJson, listOf, mapOf, objectOf, text } from "./field.ts";

/**
 * A service definition as its JSON says it (registry spec §3), types checked and nothing else. The names of
 * types are the original's, which its messages carry.
 */
export type Definition = NonNullable<(typeof definition)["absent"]>;
export type ApiDefinition = NonNullable<Definition["api"]>;
export type CredentialsDefinition = NonNullable<ApiDefinition["credentials"]>;
export type SpecificationCredentialsDefinition = NonNullable<ApiDefinition["specificationCredentials"]>;
export type BasicDefinition = NonNullable<SpecificationCredentialsDefinition["basic"]>;
export type OAuthDefinition = NonNullable<SpecificationCredentialsDefinition["oauth"]>;
export type DocumentationDefinition = NonNullable<Definition["documentation"]>;

const texts = mapOf(listOf(text));
const requestParameters = objectOf("RequestParameters", { headers: texts, queryParameters: texts });
const csrfInfo = objectOf("CSRFInfo", { tokenEndpointURL: text });

const oauth = { url: text, clientId: text, clientSecret: text, requestParameters } as const;
const basic = { username: text, password: text } as const;
const certificateGen = { commonName: text, certificate: text } as const;

const credentials = objectOf("CredentialsWithCSRF", {
  oauth: objectOf("OauthWithCSRF", { ...oauth, csrfInfo }),
  basic: objectOf("BasicAuthWithCSRF", { ...basic, csrfInfo }),
  certificateGen: objectOf("CertificateGenWithCSRF", { ...certificateGen, csrfInfo }),
});
const specificationCredentials = objectOf("Credentials", {
  oauth: objectOf("Oauth", oauth),
  basic: objectOf("BasicAuth", basic),
});

const api = objectOf("API", {
  targetUrl: text,
  credentials,
  spec: anyJson,
  specificationUrl: text,
  apiType: text,
  requestParameters,
  specificationCredentials,
  specificationRequestParameters: requestParameters,
  headers: texts,
  queryParameters: texts,
});

const documentation = objectOf("Documentation", {
  displayName: text,
  description: text,
  type: text,
  tags: listOf(text),
  docs: listOf(objectOf("DocsObject", { title: text, type: text, source: text })),
});

export const definition = objectOf("ServiceDetails", {
  provider: text,
  name: text,
  description: text,
  shortDescription: text,
  identifier: text,
  labels: mapOf(text),
  api,
  events: objectOf("Events", { spec: anyJson }),
  documentation,
});
