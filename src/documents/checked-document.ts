import type { Finding } from "./finding.ts";

/** What a document turned out to be, whatever it was declared as (registry spec §11.3). */
export type DocumentFormat = "openapi" | "asyncapi" | "odata" | "markdown" | "documentation" | "unknown";

/** What the checks made of one document; never a failure, for findings do not hide a document. */
export interface CheckedDocument {
  readonly format: DocumentFormat;
  /** Of the format, such as `3.1.0`; empty where it has none. */
  readonly version: string;
  /** Converted for people and tools; absent where it is published as it was uploaded. */
  readonly converted: { readonly fileName: string; readonly content: Uint8Array } | undefined;
  readonly findings: readonly Finding[];
  /** Title, description, front matter and the like, for search and for `ClusterAsset.status`. */
  readonly metadata: Readonly<Record<string, unknown>>;
  /** A reason of registry spec §9.2 with its message. */
  readonly outcome:
    | { readonly phase: "Ready"; readonly reason: "Uploaded"; readonly message: string }
    | {
        readonly phase: "Failed";
        readonly reason: "ValidationFailed" | "MutationFailed";
        readonly message: string;
      };
}
