import { promisify } from "node:util";
import { brotliDecompress, gunzip, inflate, inflateRaw } from "node:zlib";
import type { FlatHeaders } from "../../http/flat-headers.ts";

/** Why a body cannot be had. */
export interface UndecodableContent {
  readonly kind: "undecodable";
  readonly reason: string;
}

interface Decoding {
  readonly maxOutputLength: number;
  readonly chunkSize: number;
}

const DECODERS: Readonly<Record<string, (body: Buffer, options: Decoding) => Promise<Buffer>>> = {
  gzip: promisify<Buffer, Decoding, Buffer>(gunzip),
  "x-gzip": promisify<Buffer, Decoding, Buffer>(gunzip),
  br: promisify<Buffer, Decoding, Buffer>(brotliDecompress),
  // RFC 9110 §8.4.1.2: deflate is the zlib format, but some servers send it without its frame.
  deflate: (body, options) => (hasZlibHeader(body) ? unframe : unframed)(body, options),
};

const unframe = promisify<Buffer, Decoding, Buffer>(inflate);
const unframed = promisify<Buffer, Decoding, Buffer>(inflateRaw);

/**
 * Undoes the content coding of a body, on Node's pool of threads. It ends as soon as more than `limit` bytes
 * come out: a few kilobytes may claim to be gigabytes.
 */
export async function decodeContent(
  body: Buffer,
  headers: FlatHeaders,
  limit: number,
): Promise<Buffer | UndecodableContent> {
  const codings = contentCodings(headers);
  const [coding] = codings;
  if (coding === undefined || body.length === 0) return body;
  const decode = codings.length === 1 && Object.hasOwn(DECODERS, coding) ? DECODERS[coding] : undefined;
  if (!decode) return undecodable("the answer has a content coding that was not asked for");
  try {
    return await decode(body, { maxOutputLength: limit, chunkSize: 256 * 1024 });
  } catch (error) {
    return undecodable(
      isTooLarge(error)
        ? `the answer is larger than ${limit} bytes`
        : "the content coding of the answer is broken",
    );
  }
}

function undecodable(reason: string): UndecodableContent {
  return { kind: "undecodable", reason };
}

/** In lower case; several headers are one list (RFC 9110 §5.3). */
function contentCodings(headers: FlatHeaders): readonly string[] {
  return headers
    .filter((_, index) => index % 2 === 1 && headers[index - 1]?.toLowerCase() === "content-encoding")
    .flatMap((value) => value.split(","))
    .map((coding) => coding.trim().toLowerCase())
    .filter((coding) => coding !== "" && coding !== "identity");
}

/** RFC 1950 §2.2: the method is 8, and the first two bytes are a multiple of 31. */
function hasZlibHeader(body: Buffer): boolean {
  const [first = 0, second = 0] = body;
  return (first & 0x0f) === 8 && (first * 256 + second) % 31 === 0;
}

function isTooLarge(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ERR_BUFFER_TOO_LARGE";
}
