import type { SearchHit, SearchIndex, SearchOptions } from "../../stores/search-index.ts";
import { isStoreFailure } from "../../stores/store-failure.ts";
import { jsonAnswer, refusal, type Answer } from "../answer.ts";
import type { SearchFollower } from "../search/search-follower.ts";
import { readSearchKey } from "../search/search-key.ts";

/** Characters of `q`; the index looks at fewer. */
const LONGEST_QUERY = 4096;

const KINDS = ["application", "service", "openapi", "asyncapi", "odata", "docs"];

/** `GET /v1/search?q=…&application=…&kind=…&limit=…&continue=…` */
export class SearchEndpoint {
  readonly #index: SearchIndex;
  readonly #follower: SearchFollower;

  constructor(index: SearchIndex, follower: SearchFollower) {
    this.#index = index;
    this.#follower = follower;
  }

  async search(parameters: URLSearchParams): Promise<Answer> {
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
    return jsonAnswer(200, {
      items,
      complete: isComplete,
      ...(cursor === undefined ? {} : { continue: cursor }),
    });
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
    const document =
      type === undefined ? {} : { document: `/v1/documents/${encodeURIComponent(serviceId)}/${type}` };
    return { kind, application, serviceId, service, title, snippet, rank, ...document };
  }
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
