import { constants } from "node:http2";
import { StaleConnection } from "../stale-connection.ts";
import { TransportError } from "../transport-error.ts";
import { UnprocessedRequest } from "../unprocessed-request.ts";

/** What is known of a stream that has closed before its answer was complete. */
export interface ClosedStream {
  /** Code of RST_STREAM (RFC 9113 §7), of whichever side. */
  readonly code: number;
  /** The target has said that it does not look at this stream. */
  readonly refused: boolean;
  /** Something of the answer has come. */
  readonly answering: boolean;
  /** Why the whole connection has ended; undefined where it has not. */
  readonly connectionError: Error | undefined;
  /** The connection had served others before, so that the target may have closed it meanwhile. */
  readonly reused: boolean;
}

const { NGHTTP2_REFUSED_STREAM, NGHTTP2_HTTP_1_1_REQUIRED } = constants;

const NAMES: ReadonlyMap<unknown, string> = new Map(
  Object.entries(constants)
    .filter(([name]) =>
      /^NGHTTP2_(NO_ERROR|[A-Z_]+_ERROR|CANCEL|SETTINGS_TIMEOUT|ENHANCE_YOUR_CALM)$/.test(name),
    )
    .map(([name, code]) => [code, name.slice("NGHTTP2_".length)]),
);

/** Why there is no (whole) answer. */
export function streamFailure({ code, ...closed }: ClosedStream): Error {
  const { answering, connectionError, reused } = closed;
  if (
    !answering &&
    (closed.refused || code === NGHTTP2_REFUSED_STREAM || code === NGHTTP2_HTTP_1_1_REQUIRED)
  ) {
    return new UnprocessedRequest(
      code === NGHTTP2_HTTP_1_1_REQUIRED ? "the target wants HTTP/1.1" : "the target refused the stream",
    );
  }
  if (!connectionError)
    return new TransportError("STREAM_RESET", `the stream was reset: ${NAMES.get(code) ?? code}`);
  if (!isLost(connectionError)) return connectionError;
  if (answering) return new TransportError("ANSWER_TOO_SHORT", "the connection was closed within the answer");
  return reused ? new StaleConnection(connectionError) : connectionError;
}

/** The connection has gone, and neither side has said why. */
function isLost(error: Error): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return (
    code === "CLOSED_BEFORE_ANSWER" || code === "PING_TIMEOUT" || code === "ECONNRESET" || code === "EPIPE"
  );
}
