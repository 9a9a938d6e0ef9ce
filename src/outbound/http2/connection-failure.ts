import { TransportError } from "../transport-error.ts";

/** What a whole connection has ended with; undefined where it goes on, and a stream of it has ended. `greeted`: the target has shown that it speaks HTTP/2. */
export function connectionFailure(error: Error, greeted: boolean): Error | undefined {
  const { code } = error as NodeJS.ErrnoException;
  if (code === "ERR_HTTP2_STREAM_ERROR") return undefined;
  if (code?.startsWith("ERR_HTTP2_") !== true) return error;
  if (!greeted) return new TransportError("NO_HTTP2", "the answer is not HTTP/2", { cause: error });
  return new TransportError("MALFORMED_ANSWER", "it does not keep to HTTP/2", { cause: error });
}

/** A GOAWAY that names an error. */
export function givenUp(): TransportError {
  return new TransportError("STREAM_RESET", "the target gave the connection up");
}
