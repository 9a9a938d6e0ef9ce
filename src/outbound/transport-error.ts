/** Why an exchange over HTTP ended before its answer was complete. */
export type TransportProblem =
  | "CONNECT_TIMEOUT"
  | "PROXY_REFUSED"
  | "HEAD_TOO_LARGE"
  | "MALFORMED_ANSWER"
  | "ANSWER_TOO_SHORT"
  | "CLOSED_BEFORE_ANSWER"
  | "REQUEST_LENGTH_MISMATCH"
  | "UNSENDABLE_REQUEST"
  | "CONNECTIONS_CLOSED"
  /** The target speaks no HTTP/2, or not over this connection. */
  | "NO_HTTP2"
  /** See UnprocessedRequest. */
  | "NOT_PROCESSED"
  /** Of the streams on an HTTP/2 connection this one was ended. */
  | "STREAM_RESET"
  /** A connection that does not answer any more. */
  | "PING_TIMEOUT";

/** Its message holds nothing that the target sent, and no address. */
export class TransportError extends Error {
  readonly code: TransportProblem;
  constructor(code: TransportProblem, detail: string, options?: ErrorOptions) {
    super(detail, options);
    this.name = "TransportError";
    this.code = code;
  }
}
