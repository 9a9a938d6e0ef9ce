import type { Clock } from "../../core/clock.ts";
import type { AccessHistory } from "./access-history.ts";
import { LiveCalls, type FrameListener } from "./live-calls.ts";
import { LiveLines, type LineListener } from "./live-lines.ts";

/**
 * What happens now, for whoever watches. Nothing is subscribed, counted or written while nobody does. What listeners
 * are told is plain data, so that it may come from other processes as well.
 */
export interface Live {
  /** Frames about once a second, until disposed of. */
  calls(listener: FrameListener): Disposable;
  /** Access lines as calls end, until disposed of. */
  lines(listener: LineListener): Disposable;
  /** Access lines of the past; undefined where the access log is no file of its own. */
  readonly past: AccessHistory | undefined;
}

export function startLive(clock: Clock, past?: AccessHistory): Live {
  const calls = new LiveCalls(clock);
  const lines = new LiveLines(clock);
  return {
    calls: (listener) => calls.listen(listener),
    lines: (listener) => lines.listen(listener),
    past,
  };
}
