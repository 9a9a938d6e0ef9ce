import { TransportError } from "./transport-error.ts";

/** Why nothing goes out any more. */
export function poolClosed(): TransportError {
  return new TransportError("CONNECTIONS_CLOSED", "the gateway is being stopped");
}
