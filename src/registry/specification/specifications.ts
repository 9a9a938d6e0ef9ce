import type { Clock } from "../../core/clock.ts";
import type { EgressPolicy } from "../../outbound/egress-policy.ts";
import type { Pools } from "../../outbound/exchange.ts";
import type { NewDocument } from "../service-documents.ts";
import { apiDocument } from "./api-document.ts";
import type { FailedFetch } from "./failed-fetch.ts";
import type { GatewayAddress } from "./gateway-address.ts";
import { obtainSpecification, type FetchedApi } from "./obtain-specification.ts";
import type { SpecificationOptions } from "./options.ts";
import type { Specification } from "./specification.ts";
import { SpecificationRewriter } from "./specification-rewriter.ts";
import { SpecificationTokens } from "./specification-tokens.ts";

export interface SpecificationsContext {
  readonly connections: Pools;
  readonly policy: EgressPolicy;
  readonly clock: Clock;
  readonly options: SpecificationOptions;
}

/** Specifications of APIs: where they come from, and what is kept of them. */
export class Specifications implements AsyncDisposable {
  readonly #context: SpecificationsContext;
  readonly #tokens: SpecificationTokens;
  readonly #rewriter: SpecificationRewriter;

  constructor(context: SpecificationsContext) {
    this.#context = context;
    this.#tokens = new SpecificationTokens(context.clock);
    this.#rewriter = new SpecificationRewriter(context.clock);
  }

  /** As `obtainSpecification`; `signal` says that nobody waits for it any more. */
  obtain(api: FetchedApi, signal: AbortSignal): Promise<Specification | undefined | FailedFetch> {
    return obtainSpecification(api, { ...this.#context, tokens: this.#tokens, signal });
  }

  /** The document that is kept: rewritten, so that its readers call the gateway. */
  async document(
    { content }: Specification,
    { apiType, address }: { readonly apiType: string; readonly address: GatewayAddress },
  ): Promise<NewDocument> {
    const { rewriteOpenApi3 } = this.#context.options;
    const rewritten = await this.#rewriter.rewrite(content, { apiType, address, rewriteOpenApi3 });
    return apiDocument(rewritten, apiType);
  }

  close(): Promise<void> {
    return this.#rewriter.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
