import type { RefusedRequest } from "../request/read-service.ts";
import type { ServiceRequest } from "../service-request.ts";

/**
 * Characters of a definition without its documents. They become part of an Application and of Secrets, of which
 * Kubernetes takes a megabyte and a half, and each later change of the Application writes them again.
 */
const MOST = 512 * 1024;

/** Refuses a definition that is large beside its documents. */
export function refuseTooMuch(read: ServiceRequest | RefusedRequest): ServiceRequest | RefusedRequest {
  if ("refused" in read) return read;
  const { api, events: _events, documentation: _documentation, ...rest } = read;
  const { spec: _spec, ...apiRest } = api ?? {};
  const size = JSON.stringify([rest, apiRest]).length;
  if (size <= MOST) return read;
  const reason = `it is larger than ${MOST} characters without its specifications and documentation`;
  return { refused: `Failed to validate request body, ${reason}`, isTooLarge: true };
}
