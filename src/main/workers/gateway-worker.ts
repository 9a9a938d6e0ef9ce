import { Failure, reasonOf } from "../../core/failures.ts";
import { startSmall } from "../start-small.ts";
import type { RelayedFailure } from "./messages.ts";
import { PrimaryLink } from "./primary-link.ts";

/**
 * The process of a worker. A signal to the whole group, such as Ctrl-C, is for the primary process alone, which tells
 * its workers what to do.
 */
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => {});

const link = new PrimaryLink(process);
link.on("start", ({ start }) => {
  process.title = `appconn gateway worker ${start.telemetry.number}`;
  const starting = startSmall(async () => (await import("./serve-as-worker.ts")).serveAsWorker(start, link));
  starting.catch((error: unknown) => link.send({ type: "failed", failure: relayed(error) }));
});

function relayed(error: unknown): RelayedFailure {
  if (!(error instanceof Failure)) {
    const text = error instanceof Error ? (error.stack ?? error.message) : reasonOf(error);
    return { message: text, code: undefined, status: 500, remedy: "" };
  }
  const { message, code, status, remedy } = error;
  return { message, code, status, remedy };
}
