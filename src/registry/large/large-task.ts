import type { RefusedRequest } from "../request/read-service.ts";
import type { ServiceRequest } from "../service-request.ts";
import type { Rewriting } from "../specification/rewriting.ts";
import type { EmbeddedContent } from "../embedded-content.ts";

/** What the threads for large bodies and documents are asked. The bytes are theirs from then on. */
export type LargeTask =
  | { readonly kind: "read"; readonly body: Uint8Array }
  | { readonly kind: "rewrite"; readonly content: Uint8Array; readonly rewriting: Rewriting }
  | { readonly kind: "embed"; readonly content: Uint8Array };

/** Their answers by the kind of the task. */
export interface LargeResults {
  readonly read: ServiceRequest | RefusedRequest;
  readonly rewrite: Uint8Array;
  readonly embed: EmbeddedContent;
}
