import type { Clock } from "../../core/clock.ts";
import { isPlainObject, ownValue } from "../../core/plain-object.ts";
import type { AccessHistory } from "../../telemetry/live/access-history.ts";
import type { LiveLine } from "../../telemetry/live/live-lines.ts";
import type { Live } from "../../telemetry/live/live.ts";
import { timestamp } from "../../telemetry/timestamp.ts";
import type { PacedResponse } from "../paced-response.ts";
import { concerns, hasStatus, type LiveQuery } from "./live-query.ts";

/** Bytes that wait for a slow reader; what comes then is left out, and counted. */
const MOST_UNREAD = 1_048_576;

/** Lines that wait while those of the past are read. */
const MOST_WAITING = 10_000;

export interface LinesSource {
  readonly live: Live;
  readonly clock: Pick<Clock, "now">;
}

/** Access lines: of the past where they are asked for, then as calls end. */
export async function streamLines(
  stream: PacedResponse,
  query: LiveQuery,
  source: LinesSource,
): Promise<void> {
  const { live, clock } = source;
  // Before the past is read, so that no line falls between the two.
  const begun = clock.now();
  const output = new Output(stream, begun);
  if (query.follow) {
    const listening = live.lines((line) => {
      if (concerns(query, line) && hasStatus(query, line.status)) output.live(line);
    });
    const stop = () => listening[Symbol.dispose]();
    stream.ended.addEventListener("abort", stop, { once: true });
    if (stream.ended.aborted) stop();
  }
  if (query.since !== undefined && live.past) {
    await writePast(live.past, { output, query, begun });
  }
  output.goOn();
  if (!query.follow) stream.end();
}

interface Past {
  readonly output: Output;
  readonly query: LiveQuery;
  readonly begun: number;
}

async function writePast(past: AccessHistory, { output, query, begun }: Past): Promise<void> {
  const since = begun - (query.since ?? 0) * 1000;
  for await (const lines of past.lines(since, begun)) {
    for (const line of lines) if (isWanted(line, query)) output.past(line);
    await output.drained();
    if (output.ended) return;
  }
}

/** Reads no line that cannot be one of them. */
function isWanted(line: string, query: LiveQuery): boolean {
  const { applications } = query;
  if (applications?.size === 1 && ![...applications].some((name) => line.includes(`"${name}"`))) return false;
  const record = parsed(line);
  if (!isPlainObject(record)) return false;
  const text = (name: string) => {
    const value = ownValue(record, name);
    return typeof value === "string" ? value : undefined;
  };
  const status = ownValue(record, "status");
  return (
    concerns(query, { application: text("application") ?? text("client"), service: text("service") }) &&
    hasStatus(query, typeof status === "number" ? status : undefined)
  );
}

/** A line that was cut off by a full disk is none. */
function parsed(line: string): unknown {
  try {
    return JSON.parse(line) as unknown;
  } catch {
    return undefined;
  }
}

/** Both on their way to one reader: first the past, then what has happened meanwhile, then what happens. */
class Output {
  readonly #stream: PacedResponse;
  /** Undefined once the past has been written. */
  #waiting: string[] | undefined = [];
  /**
   * How lines of the moment begin in which listening began. They may be in the file and have been heard as well, with
   * a time that is a little later.
   */
  readonly #both: string;
  readonly #repeated = new Set<string>();
  #lost = 0;

  constructor(stream: PacedResponse, begun: number) {
    this.#stream = stream;
    this.#both = `{"time":"${timestamp(begun)}"`;
  }

  get ended(): boolean {
    return this.#stream.ended.aborted;
  }

  past(line: string): void {
    if (line.startsWith(this.#both)) this.#repeated.add(line.slice(this.#both.length));
    this.#stream.write(`${line}\n`);
  }

  live({ text }: LiveLine): void {
    if (this.#waiting && this.#waiting.length < MOST_WAITING) this.#waiting.push(text);
    else if (this.#waiting || this.#stream.unread > MOST_UNREAD) this.#lost++;
    else this.#write(text);
  }

  goOn(): void {
    const waiting = this.#waiting ?? [];
    this.#waiting = undefined;
    for (const text of waiting) if (!this.#repeated.has(text.slice(this.#both.length, -1))) this.#write(text);
    this.#repeated.clear();
  }

  async drained(): Promise<void> {
    await this.#stream.drained();
  }

  #write(text: string): void {
    if (this.#lost > 0)
      this.#stream.write(`{"log":"access","event":"lines-left-out","lines":${this.#lost}}\n`);
    this.#lost = 0;
    this.#stream.write(text);
  }
}
