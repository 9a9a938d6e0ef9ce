import { TransportError } from "./transport-error.ts";

/** A request whose body has another length than it says. */
export function lengthMismatch(): TransportError {
  return new TransportError(
    "REQUEST_LENGTH_MISMATCH",
    "the body is longer or shorter than Content-Length says",
  );
}
