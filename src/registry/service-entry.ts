import type { ApplicationEntry, ApplicationService } from "../core/resources/application.ts";
import { credentialTypes } from "./credential-types.ts";
import { maskedUrl } from "./masked-url.ts";
import { parametersName, resourceName, serviceName } from "./resource-names.ts";
import { hasParameters } from "./request-parameters.ts";
import { serviceAddresses, type Addressing } from "./service-addresses.ts";
import type { ApiRequest, ServiceRequest } from "./service-request.ts";

/** Where a service is written. */
export interface ServicePlace {
  readonly application: string;
  readonly id: string;
  /** Of a service that is changed: the one it was created with, which stays. That of the request by default. */
  readonly identifier?: string;
}

/** `spec.services[]` of an Application, as a request wants it (registry spec §6.1). */
export function serviceEntry(
  request: ServiceRequest,
  place: ServicePlace,
  addressing: Addressing,
): ApplicationService {
  const { application, id, identifier = request.identifier } = place;
  const { name, provider, description, shortDescription, labels, api, events } = request;
  const addresses = serviceAddresses({ application, id, displayName: name }, addressing);
  const entries: ApplicationEntry[] = [];
  if (api) entries.push(apiEntry(api, resourceName(application, id), addresses));
  if (events?.spec !== undefined) entries.push(eventsEntry);
  return {
    id,
    identifier,
    name: serviceName({ displayName: name, id }),
    displayName: name,
    description: shortDescription || description,
    longDescription: description,
    providerDisplayName: provider,
    labels: { ...labels, "connected-app": application },
    entries,
  };
}

const NO_CREDENTIALS = { type: "", secretName: "" };

// The empty members are what the original writes, and readers of these objects may count on them.
const eventsEntry: ApplicationEntry = {
  type: "Events",
  id: "",
  name: "",
  targetUrl: "",
  gatewayUrl: "",
  credentials: NO_CREDENTIALS,
};

type EntryCredentials = NonNullable<ApplicationEntry["credentials"]>;

interface EntryAddresses {
  readonly gatewayUrl: string;
  readonly centralGatewayUrl: string | undefined;
}

function apiEntry(api: ApiRequest, resource: string, addresses: EntryAddresses): ApplicationEntry {
  const { gatewayUrl, centralGatewayUrl } = addresses;
  const { targetUrl, specificationUrl, apiType, requestParameters } = api;
  return {
    type: "API",
    id: "",
    name: "",
    gatewayUrl,
    ...(centralGatewayUrl === undefined ? {} : { centralGatewayUrl }),
    accessLabel: resource,
    // Nothing is lost, also in the URLs of tokens: the gateway sends no user information, and a specification is
    // fetched by the request's.
    targetUrl: maskedUrl(targetUrl),
    ...(specificationUrl === "" ? {} : { specificationUrl: maskedUrl(specificationUrl) }),
    ...(apiType === "" ? {} : { apiType }),
    ...(hasParameters(requestParameters) ? { requestParametersSecretName: parametersName(resource) } : {}),
    credentials: entryCredentials(api, resource),
  };
}

function entryCredentials({ credentials }: ApiRequest, resource: string): EntryCredentials {
  if (!credentials) return NO_CREDENTIALS;
  const { csrfTokenUrl } = credentials;
  return {
    type: credentialTypes[credentials.kind],
    secretName: resource,
    ...(credentials.kind === "oauth" ? { authenticationUrl: maskedUrl(credentials.url) } : {}),
    ...(csrfTokenUrl === "" ? {} : { csrfInfo: { tokenEndpointURL: maskedUrl(csrfTokenUrl) } }),
  };
}
