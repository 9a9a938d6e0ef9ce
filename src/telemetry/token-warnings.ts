import { tokenFetched, type TokenFetched } from "./channels.ts";
import type { Log } from "./log.ts";

/**
 * Warns when a token could not be renewed ahead of its expiry: no call has failed yet, so no access line
 * tells of it.
 */
export function startTokenWarnings(log: Log): Disposable {
  const warn = ({ result, background, type, failure, reason }: TokenFetched) => {
    if (result === "failed" && background) {
      log.warn("a token could not be renewed in the background", { type, failure, reason });
    }
  };
  tokenFetched.subscribe(warn);
  return { [Symbol.dispose]: () => tokenFetched.unsubscribe(warn) };
}
