import { endpointOf } from "../../credentials/endpoint.ts";
import { headerValue } from "../../http/flat-headers.ts";
import type { ExchangeRequest } from "../../outbound/exchange-request.ts";
import type { TlsIdentity } from "../../outbound/tls-identity.ts";
import type { RequestParametersRequest } from "../service-request.ts";
import { checkedParameters } from "./checked-parameters.ts";
import { LARGEST_SPECIFICATION } from "./largest-specification.ts";
import { userInformation } from "./user-information.ts";

/** Makes the request for a given value of the Authorization header, where there is one. */
export type SpecificationRequest = (authorization: string | undefined) => ExchangeRequest;

/** Some servers refuse whoever does not say who it is. */
const USER_AGENT = "appconn";

/**
 * The GET of a specification, or why there can be none. Query parameters that the URL has already win, and so
 * does the Authorization of `specificationCredentials` (registry spec §7). What may be secret is private: it
 * follows no redirect to another origin.
 */
export function specificationRequest(
  url: string,
  parameters: RequestParametersRequest | undefined,
  tls: TlsIdentity,
): SpecificationRequest | string {
  const custom = checkedParameters(parameters);
  if (typeof custom === "string") return custom;
  const endpoint = endpointOf(url, custom.query);
  if (endpoint.kind !== "endpoint") return endpoint.cause;
  const { origin, path } = endpoint;
  const own = (name: string, value: string) =>
    headerValue(custom.headers, name.toLowerCase()) === undefined ? [name, value] : [];
  const request = {
    method: "GET",
    origin,
    // An external system wrote the URL, not the operator: no metadata address can be named exactly by it.
    disguised: true,
    path,
    headers: [...own("User-Agent", USER_AGENT), ...own("Accept-Encoding", "gzip, deflate, br")],
    body: undefined,
    tls,
    responseBody: "buffer",
    maxResponseBytes: LARGEST_SPECIFICATION,
  } as const;
  const inUrl = userInformation(url);
  return (authorization) => {
    const privateHeaders = authorised(custom.headers, authorization, inUrl);
    return { ...request, privateHeaders };
  };
}

/** What was configured for it wins over a custom header, which wins over user information in the URL. */
function authorised(
  custom: readonly string[],
  given: string | undefined,
  inUrl: string | undefined,
): readonly string[] {
  if (given !== undefined) return ["Authorization", given, ...withoutAuthorization(custom)];
  const isThere = headerValue(custom, "authorization") !== undefined;
  return isThere || inUrl === undefined ? custom : ["Authorization", inUrl, ...custom];
}

function withoutAuthorization(custom: readonly string[]): readonly string[] {
  return custom.filter((_, index) => custom[index - (index % 2)]?.toLowerCase() !== "authorization");
}
