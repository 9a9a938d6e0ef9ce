const STOPPING = ["SIGINT", "SIGTERM"] as const;

/** Milliseconds within which a second signal is the echo of the first. */
const ECHO = 1000;

export interface StopSignals extends Disposable {
  /** Aborted by the first signal. */
  readonly signal: AbortSignal;
}

export interface SignalSource {
  on(name: string, listener: () => void): unknown;
  off(name: string, listener: () => void): unknown;
}

/**
 * The first SIGINT or SIGTERM asks to stop in order, a later one to stop at once. Ctrl-C reaches every
 * process of a terminal, and npm passes it on besides, so that it often comes twice: what follows within a
 * second is the same key.
 */
export function stopSignals(source: SignalSource, now: () => number, stopAtOnce: () => void): StopSignals {
  const controller = new AbortController();
  let first: number | undefined;
  const listener = (): void => {
    if (first === undefined) {
      first = now();
      controller.abort();
    } else if (now() - first > ECHO) {
      stopAtOnce();
    }
  };
  for (const name of STOPPING) source.on(name, listener);
  return {
    signal: controller.signal,
    [Symbol.dispose]: () => {
      for (const name of STOPPING) source.off(name, listener);
    },
  };
}
