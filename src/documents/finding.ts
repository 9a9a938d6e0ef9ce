/** One thing that a check says of a document. */
export interface Finding {
  readonly severity: "error" | "warning" | "info";
  /** JSON pointer, or the like for XML; empty for the document as a whole. */
  readonly path: string;
  /** From 1; undefined where it is not known. */
  readonly line: number | undefined;
  readonly message: string;
}
