/** What happened to one API within a time. Plain data: frames of several processes add up. */
export interface LiveRow {
  /** Names as registered; all empty for calls of no API, and for those beyond what is told apart. */
  readonly application: string;
  readonly service: string;
  readonly entry: string;
  readonly calls: number;
  /** Of these, the callers that saw a status of 500 or more. */
  readonly errors: number;
  /** Of all, those that the gateway itself answered in place of the target. */
  readonly refused: number;
  /** Calls under way at the end; of those alone that began while somebody watched. */
  readonly inFlight: number;
  /** How many took how long, by number of the bucket (durationBucket), in order. */
  readonly durations: readonly (readonly [bucket: number, calls: number])[];
}

export interface LiveFrame {
  /** That it is about. */
  readonly seconds: number;
  readonly rows: readonly LiveRow[];
}

/** One frame of several that are about the same time, in different processes. */
export function mergeFrames(frames: readonly LiveFrame[]): LiveFrame {
  const seconds = Math.max(0, ...frames.map((frame) => frame.seconds));
  return { seconds, rows: merged(frames, (one, other) => one + other) };
}

/** One frame of two that follow each other. */
export function joinFrames(before: LiveFrame, after: LiveFrame): LiveFrame {
  const seconds = before.seconds + after.seconds;
  const ended = before.rows.map((row) => ({ ...row, inFlight: 0 }));
  return { seconds, rows: merged([{ seconds: 0, rows: ended }, after], (_, last) => last) };
}

/** What is still under way of it, as long as nothing newer is known. */
export function withoutEnded({ rows }: LiveFrame): LiveFrame {
  const running = rows.filter(({ inFlight }) => inFlight > 0);
  const nothing = { calls: 0, errors: 0, refused: 0, durations: [] };
  return { seconds: 0, rows: running.map((row) => ({ ...row, ...nothing })) };
}

function merged(
  frames: readonly LiveFrame[],
  inFlight: (one: number, other: number) => number,
): readonly LiveRow[] {
  const rows = new Map<string, LiveRow>();
  for (const row of frames.flatMap((frame) => frame.rows)) {
    const key = `${row.application}/${row.service}/${row.entry}`;
    const known = rows.get(key);
    rows.set(key, known ? sum(known, row, inFlight(known.inFlight, row.inFlight)) : row);
  }
  return [...rows.values()];
}

function sum(one: LiveRow, other: LiveRow, inFlight: number): LiveRow {
  const durations = new Map(one.durations);
  for (const [bucket, calls] of other.durations) durations.set(bucket, (durations.get(bucket) ?? 0) + calls);
  return {
    ...one,
    calls: one.calls + other.calls,
    errors: one.errors + other.errors,
    refused: one.refused + other.refused,
    inFlight,
    durations: [...durations].toSorted(([a], [b]) => a - b),
  };
}
