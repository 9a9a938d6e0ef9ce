import type {
  ApiRequest,
  CredentialsRequest,
  DocumentationRequest,
  RequestParametersRequest,
  ServiceRequest,
  SpecificationCredentials,
} from "../service-request.ts";
import type {
  ApiDefinition,
  BasicDefinition,
  CredentialsDefinition,
  Definition,
  DocumentationDefinition,
  OAuthDefinition,
  SpecificationCredentialsDefinition,
} from "./definition.ts";
import type { JsonValue } from "./json-value.ts";

/** What a definition that passed all checks asks for. */
export function acceptedRequest(definition: Definition): ServiceRequest {
  const { provider, name, description, shortDescription, identifier, labels } = definition;
  const { api, events, documentation } = definition;
  return {
    provider,
    name,
    description,
    shortDescription,
    identifier,
    labels,
    api: api && apiRequest(api),
    events: events && { spec: specificationText(events.spec) },
    documentation: documentation && documentationRequest(documentation),
  };
}

function apiRequest(api: ApiDefinition): ApiRequest {
  const { targetUrl, specificationUrl, apiType, specificationRequestParameters } = api;
  return {
    targetUrl,
    spec: specificationText(api.spec),
    specificationUrl,
    apiType,
    requestParameters: api.requestParameters ?? deprecatedParameters(api),
    credentials: credentialsRequest(api.credentials),
    specificationCredentials: specificationCredentials(api.specificationCredentials),
    specificationRequestParameters,
  };
}

function specificationText(specification: JsonValue | undefined): string | undefined {
  return specification === undefined || specification.kind === "null" ? undefined : specification.compact();
}

/** The spelling of release 1.2. */
function deprecatedParameters(api: ApiDefinition): RequestParametersRequest | undefined {
  const { headers, queryParameters } = api;
  return headers === undefined && queryParameters === undefined ? undefined : { headers, queryParameters };
}

function credentialsRequest(given: CredentialsDefinition | undefined): CredentialsRequest | undefined {
  if (given === undefined) return undefined;
  const { basic, oauth, certificateGen } = given;
  const csrfTokenUrl = (basic ?? oauth ?? certificateGen)?.csrfInfo?.tokenEndpointURL ?? "";
  if (basic) return { ...basicCredentials(basic), csrfTokenUrl };
  if (oauth) return { ...oauthCredentials(oauth), csrfTokenUrl };
  const commonName = certificateGen?.commonName ?? "";
  return commonName === "" ? undefined : { kind: "certificateGen", commonName, csrfTokenUrl };
}

function specificationCredentials(
  given: SpecificationCredentialsDefinition | undefined,
): SpecificationCredentials | undefined {
  if (given?.basic) return basicCredentials(given.basic);
  return given?.oauth && oauthCredentials(given.oauth);
}

function basicCredentials({ username, password }: BasicDefinition) {
  return { kind: "basic", username, password } as const;
}

function oauthCredentials({ url, clientId, clientSecret, requestParameters }: OAuthDefinition) {
  return { kind: "oauth", url, clientId, clientSecret, requestParameters } as const;
}

function documentationRequest(documentation: DocumentationDefinition): DocumentationRequest {
  const { displayName, description, type, tags, docs } = documentation;
  return { displayName, description, type, tags, docs: docs.map((page) => page ?? EMPTY_PAGE) };
}

/** For a `null` in the list. */
const EMPTY_PAGE = { title: "", type: "", source: "" } as const;
