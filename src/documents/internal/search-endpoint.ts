import type { Clock } from "../../core/clock.ts";
import { Failure } from "../../core/failures.ts";
import type { SearchHit, SearchIndex, SearchOptions } from "../../stores/search-index.ts";
import { isStoreFailure } from "../../stores/store-failure.ts";
import { documentsSearched, type DocumentSearch } from "../../telemetry/channels.ts";
import { jsonAnswer, refusal, type Answer } from "../answer.ts";
import type { SearchFollower } from "../search/search-follower.ts";
import { readSearchKey } from "../search/search-key.ts";

/** Characters of `q`; the index looks at fewer. */
const LONGEST_QUERY = 4096;

const KINDS = ["application", "service", "openapi", "asyncapi", "odata", "docs"];

interface FoundAnswer extends Answer {
  readonly found: number;
}

/** `GET /v1/search?q=…&application=…&kind=…&limit=…&continue=…` */
export class SearchEndpoint {
  readonly #index: SearchIndex;
  readonly #follower: SearchFollower;
  readonly #clock: Clock;

  constructor(index: SearchIndex, follower: SearchFollower, clock: Clock) {
    this.#index = index;
    this.#follower = follower;
    this.#clock = clock;
  }

  async search(parameters: URLSearchParams): Promise<Answer> {
    const begin = this.#clock.monotonic();
    let result: DocumentSearch["result"] = "failed";
    try {
      const answer = await this.#search(parameters);
      result = "refused";
      if ("found" in answer) result = answer.found > 0 ? "found" : "empty";
      return answer;
    } catch (error) {
      if (error instanceof Failure && error.status < 500) result = "refused";
      throw error;
    } finally {
      documentsSearched.publish({ result, milliseconds: this.#clock.monotonic() - begin });
    }
  }

  async #search(parameters: URLSearchParams): Promise<Answer | FoundAnswer> {
    const words = parameters.get("q") ?? "";
    if (words.trim() === "") return refusal("DOCUMENTS_BAD_QUERY", "q, what is searched for, is missing");
    if (words.length > LONGEST_QUERY) {
      return refusal("DOCUMENTS_BAD_QUERY", `q is longer than ${LONGEST_QUERY} characters`);
    }
    const options = readOptions(parameters);
    if ("refused" in options) return refusal("DOCUMENTS_BAD_QUERY", options.refused);
    // Asked before the search, so that what it says holds for what was found.
    const isComplete = this.#follower.isComplete;
    const { hits, cursor } = await this.#find(words, options);
    const items = hits.flatMap((hit) => this.#shown(hit) ?? []);
    const more = cursor === undefined ? {} : { continue: cursor };
    return { ...jsonAnswer(200, { items, complete: isComplete, ...more }), found: items.length };
  }

  async #find(words: string, options: SearchOptions) {
    try {
      return await this.#index.search(words, options);
    } catch (error) {
      if (isStoreFailure(error, "SEARCH_INDEX_UNAVAILABLE")) this.#follower.lookAgain();
      throw error;
    }
  }

  /** undefined for what was removed since it was indexed. */
  #shown({ key, kind, title, snippet, rank }: SearchHit): object | undefined {
    const thing = readSearchKey(key);
    if (!thing) return undefined;
    const { application, serviceId, type } = thing;
    if (serviceId === undefined) return { kind, application, title, snippet, rank };
    const service = this.#follower.displayName(application, serviceId);
    if (service === undefined) return undefined;
    const document = type === undefined ? {} : { document: documentPath(application, serviceId, type) };
    return { kind, application, serviceId, service, title, snippet, rank, ...document };
  }
}

function documentPath(application: string, serviceId: string, type: string): string {
  const query = new URLSearchParams({ application }).toString();
  return `/v1/documents/${encodeURIComponent(serviceId)}/${type}?${query}`;
}

function readOptions(parameters: URLSearchParams): SearchOptions | { readonly refused: string } {
  const application = parameters.get("application") ?? "";
  const kind = parameters.get("kind") ?? "";
  const limit = parameters.get("limit") ?? "";
  const cursor = parameters.get("continue") ?? "";
  if (kind !== "" && !KINDS.includes(kind)) return { refused: `kind must be one of ${KINDS.join(", ")}` };
  if (limit !== "" && !/^[1-9]\d{0,5}$/.test(limit)) return { refused: "limit must be a number from 1 on" };
  return {
    ...(application === "" ? {} : { application }),
    ...(kind === "" ? {} : { kind }),
    ...(limit === "" ? {} : { limit: Number(limit) }),
    ...(cursor === "" ? {} : { cursor }),
  };
}
