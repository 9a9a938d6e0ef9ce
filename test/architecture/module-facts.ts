/** What the rules of the architecture test need to know about one source file: plain values, no syntax tree. */
export interface ModuleFacts {
  /** From the repository's root, with forward slashes: `src/core/names.ts`. */
  readonly path: string;
  readonly lines: number;
  readonly text: string;
  readonly imports: readonly ImportFact[];
  readonly exports: readonly ExportFact[];
  readonly functions: readonly FunctionFact[];
  /** Lines on which the type `any` is written. */
  readonly anyLines: readonly number[];
  readonly enumLines: readonly number[];
  readonly syntaxErrors: readonly string[];
}

export interface ImportFact {
  readonly specifier: string;
  readonly line: number;
  /** `import()` or a static statement. */
  readonly dynamic: boolean;
  /** Erased when types are stripped, so nothing is loaded at run time. */
  readonly typeOnly: boolean;
  /** `export … from`. */
  readonly reexport: boolean;
}

export interface ExportFact {
  /** `default` for a default export. */
  readonly name: string;
  readonly line: number;
}

export interface FunctionFact {
  readonly name: string;
  readonly line: number;
  readonly lines: number;
  /** A `this` parameter is not counted. */
  readonly parameters: number;
  /** Callable from outside the file: exported itself, or a public method of an exported class. */
  readonly exported: boolean;
}
