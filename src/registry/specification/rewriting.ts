import type { GatewayAddress } from "./gateway-address.ts";

/** How a specification is to be rewritten. */
export interface Rewriting {
  readonly apiType: string;
  readonly address: GatewayAddress;
  /** Whether OpenAPI 3 documents are changed too (`rewriteOpenApi3`). */
  readonly rewriteOpenApi3: boolean;
}
