/**
 * Whether no connection to the target could be made, so that it has seen nothing of the call: its name is
 * unknown, it refused, or it did not answer. What a made connection came to is something else.
 */
export function isConnectFailure(error: Error): boolean {
  if (error instanceof AggregateError) return error.errors.every((one: Error) => isConnectFailure(one));
  const { code, syscall } = error as NodeJS.ErrnoException;
  return code === "CONNECT_TIMEOUT" || syscall === "connect" || syscall === "getaddrinfo";
}
