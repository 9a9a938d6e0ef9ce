import type { Finding } from "../finding.ts";

/** JSON pointers → lines, as far as they are known. */
export type Locate = (pointers: ReadonlySet<string>) => ReadonlyMap<string, number>;

/** What the syntax of a document gave. */
export type ParsedDocument =
  | {
      readonly kind: "data";
      readonly syntax: "json" | "yaml";
      readonly value: unknown;
      readonly locate: Locate;
      /** Such as keys that stand twice. */
      readonly findings: readonly Finding[];
    }
  | { readonly kind: "xml"; readonly text: string }
  /** Written for people, or of a syntax that nothing is known of. */
  | { readonly kind: "text"; readonly text: string; readonly markdown: boolean }
  /** It claims a syntax and breaks its rules. */
  | { readonly kind: "broken"; readonly finding: Finding }
  /** Too large or too deep to be looked into. */
  | { readonly kind: "unchecked"; readonly reason: string };
