import { TransportError } from "./transport-error.ts";

/**
 * The target has said that nothing of the request was looked at (RFC 9113 §8.7): REFUSED_STREAM, or GOAWAY with a
 * stream before it. Whatever it would have changed, it may be sent again.
 */
export class UnprocessedRequest extends TransportError {
  constructor(detail: string) {
    super("NOT_PROCESSED", detail);
  }
}
