import { sharedText } from "../../core/threads/shared-bytes.ts";
import { compactContent } from "../compact-content.ts";
import { goJson } from "../../http/go-json.ts";
import type {
  ApiRequest,
  CredentialsRequest,
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
    events: events && { spec: specificationBytes(events.spec) },
    documentation: documentation && documentationBytes(documentation),
  };
}

function apiRequest(api: ApiDefinition): ApiRequest {
  const { targetUrl, specificationUrl, apiType, specificationRequestParameters } = api;
  return {
    targetUrl,
    spec: specificationBytes(api.spec),
    specificationUrl,
    apiType,
    requestParameters: api.requestParameters ?? deprecatedParameters(api),
    credentials: credentialsRequest(api.credentials),
    specificationCredentials: specificationCredentials(api.specificationCredentials),
    specificationRequestParameters,
  };
}

function specificationBytes(specification: JsonValue | undefined): Uint8Array | undefined {
  const isAbsent = specification === undefined || specification.kind === "null";
  return isAbsent ? undefined : compactContent(sharedText(specification.compact()));
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

/** With the members of registry spec §3 alone; empty lists are left out. */
function documentationBytes(documentation: DocumentationDefinition): Uint8Array {
  const { displayName, description, type, tags, docs } = documentation;
  const content = {
    displayName,
    description,
    type,
    ...(tags.length > 0 && { tags }),
    ...(docs.length > 0 && { docs: docs.map((page) => page ?? EMPTY_PAGE) }),
  };
  return sharedText(goJson(content));
}

/** For a `null` in the list. */
const EMPTY_PAGE = { title: "", type: "", source: "" } as const;
