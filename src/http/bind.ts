import type { Server } from "node:net";
import { Failure, reasonOf } from "../core/failures.ts";
import { httpFailures } from "./failures.ts";

export interface Place {
  readonly host: string;
  /** 0 lets the system choose. */
  readonly port: number;
  /** The setting that gave the port: `admin.port`. */
  readonly setting: string;
}

/** Opens a port; rejects with a Failure that names host, port and setting. */
export async function bind(server: Server, { host, port, setting }: Place): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once("error", reject);
  server.listen({ host, port }, resolve);
  try {
    await promise;
  } catch (error) {
    throw bindFailure(error, [host, port, setting]);
  }
  server.off("error", reject);
}

function bindFailure(error: unknown, values: readonly (string | number)[]): Failure {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  const name = (
    {
      EADDRINUSE: "HTTP_ADDRESS_IN_USE",
      EACCES: "HTTP_ADDRESS_NOT_ALLOWED",
      EADDRNOTAVAIL: "HTTP_ADDRESS_UNKNOWN",
      ENOTFOUND: "HTTP_ADDRESS_UNKNOWN",
    } as const
  )[String(code)];
  if (name) return new Failure(name, httpFailures[name], values, { cause: error });
  const definition = httpFailures.HTTP_LISTEN_FAILED;
  return new Failure("HTTP_LISTEN_FAILED", definition, [...values, reasonOf(error)], { cause: error });
}
