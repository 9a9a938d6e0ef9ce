import { goJson } from "../http/go-json.ts";
import { textData, type SecretData } from "./secret-data.ts";
import type { RequestParametersRequest, TextListMap } from "./service-request.ts";
import { sortedObject } from "./sorted-object.ts";

/** Whether there is anything to keep: an empty object says as much as none. */
export function hasParameters(parameters: RequestParametersRequest | undefined): boolean {
  return parameters?.headers !== undefined || parameters?.queryParameters !== undefined;
}

/** The keys `headers` and `queryParameters` of a Secret, each where it was given, as JSON text. */
export function parametersData(parameters: RequestParametersRequest | undefined): SecretData {
  const { headers, queryParameters } = parameters ?? {};
  return textData({
    ...(headers ? { headers: sortedJson(headers) } : {}),
    ...(queryParameters ? { queryParameters: sortedJson(queryParameters) } : {}),
  });
}

/** By key, as Go writes a map: so the same parameters are the same text, and the Secret stays unwritten. */
function sortedJson(lists: TextListMap): string {
  return sortedObject(Object.entries(lists).map(([name, values]) => [name, goJson(values)]));
}
