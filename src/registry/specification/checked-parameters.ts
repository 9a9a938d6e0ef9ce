import { isCredentialFailure } from "../../credentials/failures.ts";
import type { RequestParameters } from "../../credentials/provider.ts";
import { parseRequestParameters } from "../../credentials/request-parameters.ts";
import type { RequestParametersRequest, TextListMap } from "../service-request.ts";

/**
 * Extra headers and query parameters as the gateway would send them for an API, or why they cannot be sent.
 * The reason names headers, never values.
 */
export function checkedParameters(
  parameters: RequestParametersRequest | undefined,
): RequestParameters | string {
  const data = new Map<string, Buffer>();
  add(data, "headers", parameters?.headers);
  add(data, "queryParameters", parameters?.queryParameters);
  const checked = parseRequestParameters(data, "");
  // The reason is the last value of each of these failures; what goes before it speaks of Secrets.
  return isCredentialFailure(checked) ? String(checked.values.at(-1)) : checked;
}

function add(data: Map<string, Buffer>, name: string, lists: TextListMap | undefined): void {
  if (lists) data.set(name, Buffer.from(JSON.stringify(lists)));
}
