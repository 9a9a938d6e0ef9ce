import { Failure } from "../../core/failures.ts";
import type { RelayedFailure } from "./messages.ts";

/** Why a worker cannot begin, as it would have been said if this process served alone. */
export function startFailure({ message, code, status, remedy }: RelayedFailure): Error {
  if (code === undefined) return new Error(`a worker cannot begin to serve: ${message}`);
  // The text is complete: a `%s` in it is no place for a value.
  return new Failure(code, { status, actor: "operator", text: "%s", remedy }, [message]);
}
