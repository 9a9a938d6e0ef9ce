import { TransportError } from "./transport-error.ts";

/**
 * A connection that had been kept was closed before any byte of an answer: the target closed it while it was
 * idle and has most likely not seen the request (RFC 9112 §9.3.1). Only what changes nothing is sent again.
 */
export class StaleConnection extends TransportError {
  constructor(cause: Error) {
    super("CLOSED_BEFORE_ANSWER", "a kept-alive connection was closed", { cause });
  }
}
