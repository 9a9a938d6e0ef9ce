/** Why an exchange over HTTP/1.1 ended before its answer was complete. */
export type Http1Problem =
  | "CONNECT_TIMEOUT"
  | "PROXY_REFUSED"
  | "HEAD_TOO_LARGE"
  | "MALFORMED_ANSWER"
  | "ANSWER_TOO_SHORT"
  | "CLOSED_BEFORE_ANSWER"
  | "REQUEST_LENGTH_MISMATCH"
  | "UNSENDABLE_REQUEST"
  | "CONNECTIONS_CLOSED";

/** Its message holds nothing that the target sent, and no address. */
export class Http1Error extends Error {
  readonly code: Http1Problem;
  constructor(code: Http1Problem, detail: string, options?: ErrorOptions) {
    super(detail, options);
    this.name = "Http1Error";
    this.code = code;
  }
}
