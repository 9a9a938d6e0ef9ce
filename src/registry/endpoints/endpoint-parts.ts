import { readBody } from "../../http/read-body.ts";
import type { RegistryOptions } from "../options.ts";
import { refused, type Refused } from "../refused.ts";
import type { RegistryContext } from "../registry-context.ts";
import { readService } from "../request/read-service.ts";
import type { Call } from "../router.ts";
import type { ServiceRequest } from "../service-request.ts";

/** What endpoints are made of. */
export interface EndpointParts {
  readonly context: RegistryContext;
  readonly options: Pick<RegistryOptions, "maxBody" | "requestTimeout">;
}

/** Which service a call is about. */
export function placeOf({ parameters }: Call): { readonly application: string; readonly id: string } {
  return { application: parameters["application"] ?? "", id: parameters["serviceId"] ?? "" };
}

/** The service that a call brings, read and checked. */
export async function requestOf(call: Call, parts: EndpointParts): Promise<ServiceRequest | Refused> {
  const received = await receivedOf(call, parts);
  return "request" in received ? received.request : received;
}

/** The same with the bytes that say it. */
export async function receivedOf(
  { request }: Call,
  { context, options }: EndpointParts,
): Promise<{ readonly request: ServiceRequest; readonly body: Uint8Array } | Refused> {
  const { maxBody: limit, requestTimeout: patience } = options;
  const body = await readBody(request, { limit, patience, clock: context.clock });
  if (body.kind === "too-large") return refused("REGISTRY_BODY_TOO_LARGE", limit);
  if (body.kind === "unfinished") return refused("REGISTRY_BODY_UNFINISHED");
  const read = readService(body.bytes);
  return "refused" in read ? refused("REGISTRY_INVALID", read.refused) : { request: read, body: body.bytes };
}
