import type { ApiRequest } from "../service-request.ts";
import { isGiven } from "./is-given.ts";
import { isOData } from "./is-odata.ts";

/**
 * Where a specification is to be fetched, or undefined where none is (registry spec §7): one that is given
 * inline wins, and an OData service says what it is at a place that everybody knows.
 */
export function fetchedUrl(
  api: Pick<ApiRequest, "spec" | "specificationUrl" | "targetUrl" | "apiType">,
): string | undefined {
  const { spec, specificationUrl, targetUrl, apiType } = api;
  if (isGiven(spec)) return undefined;
  if (specificationUrl !== "") return specificationUrl;
  return isOData(apiType) ? `${targetUrl.replace(/\/$/, "")}/$metadata` : undefined;
}
