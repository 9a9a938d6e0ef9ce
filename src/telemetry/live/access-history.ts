import { open, type FileHandle } from "node:fs/promises";
import { OLD_FILES, oldName } from "../old-names.ts";
import { timestamp } from "../timestamp.ts";

/** Bytes that are looked at together; between two of them others get their turn. */
const PIECE = 65_536;

/** Characters of what cannot be a line of ours. */
const LONGEST = 1_048_576;

/** Access lines begin so; the time has as many characters in each. */
const TIME_AT = '{"time":"'.length;
const TIME_END = TIME_AT + "2026-11-21T12:02:24.007Z".length;
const KIND = '","log":"access"';

/** How long lines that are still in memory are waited for, in milliseconds. */
const PATIENCE = 2000;

export interface AccessHistoryOptions {
  /** The file to which access lines go. */
  readonly path: string;
  /** What writes it. */
  readonly sink: { flush(patience: number): Promise<void> };
}

/** The access lines of the past, from the file of the access log and those that it was renamed to. */
export class AccessHistory {
  readonly #options: AccessHistoryOptions;

  constructor(options: AccessHistoryOptions) {
    this.#options = options;
  }

  /**
   * Lines without line feeds, in order, some at a time: from `since` to `until`, both in milliseconds since the epoch
   * and both included, those too that have ended before this is called and are not written yet.
   */
  async *lines(since: number, until: number): AsyncGenerator<readonly string[]> {
    await this.#options.sink.flush(PATIENCE);
    const [first, last] = [timestamp(since), timestamp(until)];
    await using stack = new AsyncDisposableStack();
    const files = await openAll(this.#options.path, stack);
    for (const file of files) {
      for await (const lines of linesOf(file, first)) {
        yield lines.filter((line) => {
          const time = timeOf(line);
          return time !== undefined && time >= first && time <= last;
        });
      }
    }
  }
}

/** The oldest first. All at once, before one of them is renamed. */
async function openAll(path: string, stack: AsyncDisposableStack): Promise<readonly FileHandle[]> {
  const numbers = Array.from({ length: OLD_FILES + 1 }, (_, number) => OLD_FILES - number);
  const files = await Promise.all(
    numbers.map((number) => open(oldName(path, number)).catch(() => undefined)),
  );
  return files.filter((file) => file !== undefined).map((file) => stack.use(file));
}

async function* linesOf(file: FileHandle, since: string): AsyncGenerator<readonly string[]> {
  const start = await startOf(file, since);
  const pieces = file.createReadStream({ start, highWaterMark: PIECE, encoding: "utf8", autoClose: false });
  let rest = "";
  // The first one may have begun before.
  let isWhole = start === 0;
  for await (const piece of pieces) {
    const lines = (rest + String(piece)).split("\n");
    rest = (lines.pop() ?? "").slice(0, LONGEST);
    if (isWhole) yield lines;
    else yield lines.slice(1);
    isWhole ||= lines.length > 0;
  }
}

/** Where to begin to read so that no line of that time or later is missed. The file is in the order of time. */
async function startOf(file: FileHandle, since: string): Promise<number> {
  const { size } = await file.stat();
  let low = 0;
  let high = size;
  while (high - low > PIECE) {
    const middle = Math.floor((low + high) / 2);
    // oxlint-disable-next-line no-await-in-loop -- each step halves what is left
    const time = await timeAfter(file, middle);
    if (time !== undefined && time < since) low = middle;
    else high = middle;
  }
  return low;
}

/** The time of the first access line that begins behind this place and soon. */
async function timeAfter(file: FileHandle, place: number): Promise<string | undefined> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(PIECE), 0, PIECE, place);
  const [, ...lines] = buffer.toString("latin1", 0, bytesRead).split("\n");
  return lines.map(timeOf).find((time) => time !== undefined);
}

function timeOf(line: string): string | undefined {
  return line.startsWith(KIND, TIME_END) ? line.slice(TIME_AT, TIME_END) : undefined;
}
