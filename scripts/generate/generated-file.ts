/** A committed file that is written from the code: `npm run generate` writes it, `--check` compares it. */
export interface GeneratedFile {
  /** From the repository's root. */
  readonly path: string;
  readonly text: string;
}

export type Generator = () => GeneratedFile | readonly GeneratedFile[] | Promise<GeneratedFile>;
