import { createHash } from "node:crypto";
import type { SecretData } from "./secret-data.ts";

/** Bytes in one Secret; it may have 1 MiB. A service may have more: its labels alone are as long as a body. */
const LARGEST = 900 * 1024;

const [RECORD, PARTS] = ["record", "parts"] as const;

/** A record as it is kept: one Secret, and further ones for what has no room in it. */
export interface SplitRecord {
  readonly head: SecretData;
  /** By name. They are to be there before the head, which is what makes them count. */
  readonly parts: ReadonlyMap<string, SecretData>;
}

export function splitRecord(name: string, text: string): SplitRecord {
  const bytes = Buffer.from(text);
  const [first = bytes, ...others] = piecesOf(bytes);
  if (others.length === 0) return { head: { [RECORD]: first.toString("base64") }, parts: new Map() };
  // Another record of the same service does not overwrite what this one's head names.
  const mark = createHash("sha256").update(bytes).digest("hex").slice(0, 16);
  const parts = new Map(
    others.map((piece, index) => [`${name}-${mark}-${index + 1}`, { [RECORD]: piece.toString("base64") }]),
  );
  const names = Buffer.from(JSON.stringify([...parts.keys()])).toString("base64");
  return { head: { [RECORD]: first.toString("base64"), [PARTS]: names }, parts };
}

function piecesOf(bytes: Buffer): readonly Buffer[] {
  const count = Math.ceil(bytes.length / LARGEST);
  return Array.from({ length: count }, (_, index) => bytes.subarray(index * LARGEST, (index + 1) * LARGEST));
}

/** Names of the parts that the head of a record needs. */
export function partNames(head: SecretData): readonly string[] {
  const names = head[PARTS];
  return names === undefined ? [] : (JSON.parse(Buffer.from(names, "base64").toString()) as string[]);
}

/** The text of head and parts, in their order; undefined where one is missing. */
export function joinRecord(secrets: readonly (SecretData | undefined)[]): string | undefined {
  const pieces = secrets.map((data) => data?.[RECORD]);
  if (pieces.includes(undefined)) return undefined;
  return Buffer.concat(pieces.map((piece = "") => Buffer.from(piece, "base64"))).toString();
}
