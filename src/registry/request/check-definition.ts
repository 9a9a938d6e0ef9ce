import { checkFields } from "./check-fields.ts";
import type { ApiDefinition, Definition } from "./definition.ts";
import type { JsonValue } from "./json-value.ts";

/** Why a definition is refused (registry spec §2.1), the first reason only; undefined where it may be registered. */
export function checkDefinition(definition: Definition): string | undefined {
  const messages = checkFields(definition);
  if (messages.length > 0) return `Incorrect structure of service definition, ${messages.join(";")}`;
  const { api, events } = definition;
  if (api === undefined && events === undefined) {
    return "At least one of service definition attributes: 'api', 'events' have to be provided";
  }
  return (api === undefined ? undefined : checkApi(api)) ?? checkSpecification("events.Spec", events?.spec);
}

function checkApi({ spec, credentials, specificationCredentials }: ApiDefinition): string | undefined {
  const notAnObject = checkSpecification("api.Spec", spec);
  if (notAnObject !== undefined) return notAnObject;
  const areTooMany = methodsOf(credentials) > 1 || methodsOf(specificationCredentials) > 1;
  // The spelling is the original's, and so is the name of the field in both cases.
  return areTooMany
    ? "api.CredentialsWithCSRF is invalid: to many authentication methods provided"
    : undefined;
}

interface Methods {
  readonly basic: object | undefined;
  readonly oauth: object | undefined;
  readonly certificateGen?: object | undefined;
}

function methodsOf(credentials: Methods | undefined): number {
  if (credentials === undefined) return 0;
  const { basic, oauth, certificateGen } = credentials;
  return [basic, oauth, certificateGen].filter((method) => method !== undefined).length;
}

function checkSpecification(name: string, specification: JsonValue | undefined): string | undefined {
  const kind = specification?.kind ?? "null";
  if (kind === "null" || kind === "object") return undefined;
  const reason = `json: cannot unmarshal ${kind} into Go value of type map[string]*json.RawMessage`;
  return `${name} is not a proper json object, ${reason}`;
}
