import { Failure } from "../../core/failures.ts";
import { workerFailures } from "./failures.ts";
import type { RelayedFailure } from "./messages.ts";

/** Why a worker cannot begin, as it would have been said if this process served alone. */
export function startFailure({ message, code, status, remedy }: RelayedFailure): Error {
  if (code === undefined) return notStarted(message);
  // The text is complete: a `%s` in it is no place for a value.
  return new Failure(code, { status, actor: "operator", text: "%s", remedy }, [message]);
}

/** Nobody has said why. */
export function notStarted(reason: string): Failure {
  return new Failure("WORKERS_NOT_STARTED", workerFailures.WORKERS_NOT_STARTED, [reason]);
}
