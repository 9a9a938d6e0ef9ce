import { createHash } from "node:crypto";
import { readBody } from "../../http/read-body.ts";
import type { RegistryOptions } from "../options.ts";
import { refused, type Refused } from "../refused.ts";
import type { RegistryContext } from "../registry-context.ts";
import type { RefusedRequest } from "../request/read-service.ts";
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

/** The same, with the SHA-256 of the body where the caller may repeat it. */
export async function receivedOf(
  { request }: Call,
  { context, options }: EndpointParts,
): Promise<{ readonly request: ServiceRequest; readonly digest: Uint8Array | undefined } | Refused> {
  const { maxBody: limit, requestTimeout: patience } = options;
  const body = await readBody(request, { limit, patience, clock: context.clock });
  if (body.kind === "too-large") return refused("REGISTRY_BODY_TOO_LARGE", limit);
  if (body.kind === "unfinished") return refused("REGISTRY_BODY_UNFINISHED");
  // Before it is read, which leaves nothing of a large one.
  const digest = request.headers["idempotency-key"] === undefined ? undefined : digestOf(body.bytes);
  const read = await readWhileWaited(request, body.bytes, context.large);
  if (read === undefined) return refused("REGISTRY_BODY_UNFINISHED");
  if (!("refused" in read)) return { request: read, digest };
  return refused(read.isTooLarge ? "REGISTRY_DEFINITION_TOO_LARGE" : "REGISTRY_INVALID", read.refused);
}

function digestOf(body: Buffer): Uint8Array {
  return createHash("sha256").update(body).digest();
}

/** undefined where the client has left before its turn came: nobody learns what becomes of the request. */
async function readWhileWaited(
  { socket }: Call["request"],
  body: Buffer,
  large: RegistryContext["large"],
): Promise<ServiceRequest | RefusedRequest | undefined> {
  const leaving = new AbortController();
  const leave = () => leaving.abort();
  socket.once("close", leave);
  try {
    return await large.read(body, leaving.signal);
  } catch (error) {
    if (leaving.signal.aborted && error === leaving.signal.reason) return undefined;
    throw error;
  } finally {
    socket.off("close", leave);
  }
}
