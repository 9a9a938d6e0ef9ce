import { maskedText } from "../masked-text.ts";
import type {
  ApiDefinition,
  BasicDefinition,
  CredentialsDefinition,
  Definition,
  DocumentationDefinition,
  OAuthDefinition,
} from "./definition.ts";
import { isUrl } from "./url-rule.ts";

/** The messages of all broken fields, in the order of registry spec §3. */
export function checkFields(definition: Definition): readonly string[] {
  const { provider, name, description, api, events, documentation } = definition;
  return [
    ...required(provider, "Provider field cannot be empty."),
    ...required(name, "Name field cannot be empty."),
    ...required(description, "Description field cannot be empty."),
    ...(api === undefined ? [] : checkApi(api)),
    // `null` is a value that is there.
    ...(events !== undefined && events.spec === undefined ? ["spec cannot be empty"] : []),
    ...(documentation === undefined ? [] : checkDocumentation(documentation)),
  ];
}

function checkApi({ targetUrl, credentials, specificationCredentials }: ApiDefinition): readonly string[] {
  return [
    ...url("targetUrl", targetUrl, "targetUrl field cannot be empty."),
    ...(credentials === undefined ? [] : [...checkMethods(credentials), ...checkCsrf(credentials)]),
    ...(specificationCredentials === undefined ? [] : checkMethods(specificationCredentials)),
  ];
}

interface Methods {
  readonly basic: BasicDefinition | undefined;
  readonly oauth: OAuthDefinition | undefined;
}

function checkMethods({ basic, oauth }: Methods): readonly string[] {
  return [
    ...(basic === undefined ? [] : checkBasic(basic)),
    ...(oauth === undefined ? [] : checkOAuth(oauth)),
  ];
}

function checkBasic({ username, password }: BasicDefinition): readonly string[] {
  return [
    ...required(username, "basic auth username field cannot be empty"),
    ...required(password, "basic auth password field cannot be empty"),
  ];
}

function checkOAuth({ url: address, clientId, clientSecret }: OAuthDefinition): readonly string[] {
  return [
    ...url("url", address, "oauth url field cannot be empty"),
    ...required(clientId, "oauth clientId field cannot be empty"),
    ...required(clientSecret, "oauth clientSecret cannot be empty"),
  ];
}

function checkCsrf({ basic, oauth, certificateGen }: CredentialsDefinition): readonly string[] {
  return [basic, oauth, certificateGen].flatMap((method) => {
    if (method?.csrfInfo === undefined) return [];
    const { tokenEndpointURL } = method.csrfInfo;
    return url("tokenEndpointURL", tokenEndpointURL, "tokenEndpointURL field cannot be empty");
  });
}

function checkDocumentation({ displayName, description, type }: DocumentationDefinition): readonly string[] {
  return [
    ...required(displayName, "displayName field cannot be empty in documentation"),
    ...required(description, "description field cannot be empty in documentation"),
    ...required(type, "type field cannot be empty in documentation"),
  ];
}

function required(value: string, message: string): readonly string[] {
  return value === "" ? [message] : [];
}

function url(name: string, value: string, emptyMessage: string): readonly string[] {
  if (value === "") return [emptyMessage];
  return isUrl(value) ? [] : [`${name}: ${shown(value)} does not validate as url`];
}

/** A message goes into a log too: of megabytes that are no URL the beginning is enough. */
const LONGEST_SHOWN = 8192;

function shown(value: string): string {
  // Masked first, for the mask looks for what stands after the password.
  return value.length <= LONGEST_SHOWN ? value : `${maskedText(value).slice(0, LONGEST_SHOWN)}…`;
}
