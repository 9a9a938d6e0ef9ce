import { durationText } from "../core/duration.ts";
import type { Clock } from "../core/clock.ts";
import type { ExchangeEdge } from "../outbound/exchange.ts";
import { maskedText } from "./masked-text.ts";
import { maskedUrl } from "./masked-url.ts";
import type { Addressing, AddressedService } from "./service-addresses.ts";
import { serviceAddresses } from "./service-addresses.ts";
import type { NewDocument } from "./service-documents.ts";
import type { ServiceRequest } from "./service-request.ts";
import { apiDocument } from "./specification/api-document.ts";
import { documentationDocument } from "./specification/documentation-document.ts";
import { eventsDocument } from "./specification/events-document.ts";
import type { FailedFetch } from "./specification/failed-fetch.ts";
import { FetchTurns } from "./specification/fetch-turns.ts";
import { fetchedUrl } from "./specification/fetched-url.ts";
import { isOData } from "./specification/is-odata.ts";
import { obtainSpecification } from "./specification/obtain-specification.ts";
import type { SpecificationOptions } from "./specification/options.ts";
import { shownUrl } from "./specification/shown-url.ts";
import type { SpecificationRewriter } from "./specification/specification-rewriter.ts";
import type { SpecificationTokens } from "./specification/specification-tokens.ts";

export interface NewDocumentsParts {
  readonly edge: ExchangeEdge;
  readonly tokens: SpecificationTokens;
  readonly rewriter: SpecificationRewriter;
  readonly options: SpecificationOptions;
  readonly addressing: Addressing;
  readonly clock: Clock;
}

/** The documents of a request, with what should be told of them. */
export interface ObtainedDocuments {
  readonly kind: "documents";
  readonly documents: readonly NewDocument[];
  readonly warnings: readonly string[];
  /** Stands for the specification that could not be fetched: the one that the service has, if it has such a one. */
  readonly former: FormerSpecification | undefined;
}

export interface FormerSpecification {
  readonly type: "openapi" | "odata";
  /** Whether where it should have come from can be asked again. */
  readonly isRefreshable: boolean;
}

export type FetchedApi = Parameters<typeof obtainSpecification>[0];

/** Obtains and rewrites the documents of services; nothing is kept of them yet. */
export class NewDocuments {
  readonly #parts: NewDocumentsParts;
  readonly #turns: FetchTurns;

  constructor(parts: NewDocumentsParts) {
    this.#parts = parts;
    this.#turns = new FetchTurns({ most: parts.options.specFetches, clock: parts.clock });
  }

  /** The specification of the API, fetched where that is asked for, the events and the documentation. */
  async ofRequest(
    { api, events, documentation }: Pick<ServiceRequest, "api" | "events" | "documentation">,
    service: AddressedService,
  ): Promise<ObtainedDocuments | FailedFetch> {
    const own = api && (await this.ofApi(api, service));
    const failed = own && isFailed(own) ? own : undefined;
    if (failed?.decision === "refuse") return failed;
    const specification = own && !isFailed(own) ? own : undefined;
    const all = [specification, eventsDocument(events), documentationDocument(documentation)];
    const warnings = failed ? [maskedText(failed.text)] : [];
    const former = failed && api ? formerOf(api) : undefined;
    return { kind: "documents", documents: all.filter((one) => one !== undefined), warnings, former };
  }

  async ofApi(api: FetchedApi, service: AddressedService): Promise<NewDocument | FailedFetch | undefined> {
    const url = fetchedUrl(api);
    if (url === undefined) return await this.#obtained(api, service);
    const { specRequestTimeout: patience, specFetchPolicy: decision } = this.#parts.options;
    const turn = await this.#turns.run(service.application, patience, () => this.#obtained(api, service));
    if (turn) return turn.result;
    const reason = `too many others are being fetched, and no turn came within ${durationText(patience)}`;
    const text = `Fetching API spec from ${shownUrl(url)} failed, ${reason}`;
    return { kind: "failed-fetch", text, isBusy: true, decision };
  }

  async #obtained(
    api: FetchedApi,
    service: AddressedService,
  ): Promise<NewDocument | FailedFetch | undefined> {
    const { edge, tokens, options, clock, rewriter } = this.#parts;
    const obtained = await obtainSpecification(api, { ...edge, tokens, options, clock });
    if (obtained?.kind !== "specification") return obtained;
    const { rewriteOpenApi3 } = options;
    const { address } = serviceAddresses(service, this.#parts.addressing);
    const rewriting = { apiType: api.apiType, address, rewriteOpenApi3 };
    const document = apiDocument(await rewriter.rewrite(obtained.content, rewriting), api.apiType);
    return isOpen(api) ? { ...document, isRefreshable: true } : document;
  }
}

function formerOf(api: FetchedApi): FormerSpecification {
  return { type: isOData(api.apiType) ? "odata" : "openapi", isRefreshable: isOpen(api) };
}

/** Credentials and parameters are never stored, and those in a URL are masked there. */
function isOpen(api: FetchedApi): boolean {
  const url = fetchedUrl(api);
  const isPrivate =
    api.specificationCredentials !== undefined || api.specificationRequestParameters !== undefined;
  return url !== undefined && !isPrivate && maskedUrl(url) === url;
}

export function isFailed(outcome: NewDocument | FailedFetch): outcome is FailedFetch {
  return "kind" in outcome && outcome.kind === "failed-fetch";
}
