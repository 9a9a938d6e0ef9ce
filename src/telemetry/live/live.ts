import type { Clock } from "../../core/clock.ts";
import type { AccessHistory } from "./access-history.ts";
import type { LiveFrame } from "./live-frame.ts";
import { LiveCalls, type FrameListener } from "./live-calls.ts";
import { LiveLines, type LineListener, type LiveLine } from "./live-lines.ts";

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
  /** For other processes that serve with this one. */
  readonly elsewhere: LiveElsewhere;
}

/** What somebody watches. */
export interface LiveWanted {
  readonly calls: boolean;
  readonly lines: boolean;
}

/** What happens in other processes, by their numbers. */
export interface LiveElsewhere {
  readonly wanted: LiveWanted;
  /** Told whenever that changes, until disposed of. */
  follow(changed: (wanted: LiveWanted) => void): Disposable;
  addFrame(process: number, frame: LiveFrame): void;
  addLines(lines: readonly LiveLine[]): void;
  left(process: number): void;
}

export function startLive(clock: Clock, past?: AccessHistory): Live {
  const followers = new Set<(wanted: LiveWanted) => void>();
  const tell = () => {
    for (const changed of followers) changed(wanted());
  };
  const calls = new LiveCalls(clock, { watched: tell, isElsewhere: () => followers.size > 0 });
  const lines = new LiveLines(clock, tell);
  const wanted = () => ({ calls: calls.isWatched, lines: lines.isWatched });
  return {
    calls: (listener) => calls.listen(listener),
    lines: (listener) => lines.listen(listener),
    past,
    elsewhere: {
      get wanted() {
        return wanted();
      },
      follow: (changed) => {
        followers.add(changed);
        return { [Symbol.dispose]: () => void followers.delete(changed) };
      },
      addFrame: (process, frame) => calls.add(process, frame),
      addLines: (added) => lines.add(added),
      left: (process) => calls.left(process),
    },
  };
}
