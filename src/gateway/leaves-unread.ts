/** What is left of a request's body up to this size is read after an early answer, in bytes. */
const READ_AFTER_ANSWER = 1024 * 1024;

/** A request of which the parser may not have seen the end yet. */
export interface ArrivingRequest {
  readonly complete: boolean;
  readonly headers: {
    readonly "content-length"?: string | undefined;
    readonly "transfer-encoding"?: string | undefined;
  };
}

/**
 * Whether so much of the body may still come that the connection is better closed behind an answer than read on:
 * the answer must then say so (RFC 9112 §9.6).
 */
export function leavesUnread({ complete, headers }: ArrivingRequest): boolean {
  if (complete) return false;
  return (
    headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > READ_AFTER_ANSWER
  );
}
