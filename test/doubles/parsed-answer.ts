import { AnswerParser } from "../../src/outbound/http1/answer-parser.ts";

/** What a parser told of the bytes that it was given. */
export interface ParsedAnswer {
  readonly informational: readonly (readonly [status: number, headers: readonly string[]])[];
  /** Status and headers of every final answer; more than one is a fault of the parser. */
  readonly started: readonly (readonly [status: number, headers: readonly string[]])[];
  readonly body: string;
  /** Trailers of every end. */
  readonly ended: readonly (readonly string[])[];
  /** Calls that came after an end. */
  readonly late: number;
  /** Bytes followed the answer. */
  readonly excess: boolean;
  readonly error: (Error & { readonly code?: string }) | undefined;
}

/** As connections do it: every read comes in the same buffer, which is then used for the next one. */
const readBuffer = Buffer.alloc(256 * 1024);

export interface ParseOptions {
  readonly toHead?: boolean;
  /** The connection is closed after the last piece; true unless given. */
  readonly closed?: boolean;
  /** Hears every piece of the body apart. */
  readonly heard?: (piece: string) => void;
}

/** Parses an answer that comes in these pieces, one character per byte. */
export function parseAnswer(pieces: readonly string[], options: ParseOptions = {}): ParsedAnswer {
  const informational: [number, readonly string[]][] = [];
  const started: [number, readonly string[]][] = [];
  const ended: (readonly string[])[] = [];
  const result = { body: "", late: 0, excess: false, error: undefined as Error | undefined };
  const noteLate = () => {
    if (ended.length > 0) result.late++;
  };
  const parser = new AnswerParser(
    {
      informed: (status, headers) => {
        noteLate();
        informational.push([status, headers]);
      },
      started: ({ status, headers }) => {
        noteLate();
        started.push([status, headers]);
      },
      switched: () => {
        throw new Error("nobody asked for another protocol");
      },
      data: (piece) => {
        noteLate();
        options.heard?.(piece.toString("latin1"));
        result.body += piece.toString("latin1");
      },
      ended: (trailers) => {
        noteLate();
        ended.push(trailers);
      },
    },
    options.toHead ?? false,
  );
  try {
    for (const piece of pieces) {
      const length = readBuffer.write(piece, "latin1");
      if (parser.take(readBuffer.subarray(0, length))) result.excess = true;
      readBuffer.fill("#", 0, length);
    }
    if (options.closed !== false && ended.length === 0) parser.end();
  } catch (error) {
    result.error = error as Error;
  }
  return { informational, started, ended, ...result };
}
