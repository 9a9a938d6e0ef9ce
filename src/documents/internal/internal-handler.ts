import type { IncomingMessage } from "node:http";
import { Failure } from "../../core/failures.ts";
import { ambiguousFraming } from "../../http/ambiguous-framing.ts";
import { jsonError, JSON_CONTENT_TYPE } from "../../http/json-error.ts";
import { pathProblem } from "../../http/plain-path.ts";
import type { RequestHandler } from "../../http/request-handler.ts";
import { sendWhole } from "../../http/send-whole.ts";
import { refusal, type Answer } from "../answer.ts";
import { damagedAnswer } from "../damaged-answer.ts";
import type { SearchEndpoint } from "./search-endpoint.ts";
import type { ServiceEndpoint } from "./service-endpoint.ts";

export interface InternalEndpoints {
  readonly search: SearchEndpoint;
  readonly services: ServiceEndpoint;
}

/**
 * Search and documents for administrators, below /v1. Trusts whoever calls it: the admin API's authentication
 * is to stand in front.
 */
export class InternalHandler {
  readonly #endpoints: InternalEndpoints;
  readonly #surprised: (error: unknown) => void;

  constructor(endpoints: InternalEndpoints, surprised: (error: unknown) => void) {
    this.#endpoints = endpoints;
    this.#surprised = surprised;
  }

  /** Whether the target of a request is one of these, for who serves others at the same address. */
  readonly serves = (target: string): boolean => /^\/v1\/(?:search|documents)(?:[/?]|$)/.test(target);

  readonly handle: RequestHandler = (request, response) => {
    void this.#answer(request).then((answer) => {
      if (!response.headersSent && !response.destroyed) sendWhole(request, response, answer);
    });
  };

  async #answer(request: IncomingMessage): Promise<Answer> {
    try {
      return await this.#serve(request);
    } catch (error) {
      // A cursor of another search, an index or a disk that is not available now: its text is for the caller.
      if (error instanceof Failure && (error.status < 500 || error.status === 503)) {
        if (error.status === 503) this.#surprised(error);
        const headers = { "Content-Type": JSON_CONTENT_TYPE };
        return { status: error.status, headers, body: jsonError(error.status, error.message) };
      }
      this.#surprised(error);
      return damagedAnswer(error) ?? refusal("DOCUMENTS_UNEXPECTED");
    }
  }

  async #serve(request: IncomingMessage): Promise<Answer> {
    const ambiguity = ambiguousFraming(request.rawHeaders);
    if (ambiguity !== undefined) {
      const answer = refusal("DOCUMENTS_BAD_REQUEST", ambiguity);
      return { ...answer, headers: { ...answer.headers, Connection: "close" } };
    }
    const [path = "", ...query] = (request.url ?? "").split("?");
    const problem = pathProblem(path);
    if (problem !== undefined) return refusal("DOCUMENTS_BAD_PATH", problem);
    const parts = decodedParts(path);
    const parameters = new URLSearchParams(query.join("?"));
    const answering = parts && this.#endpoint(parts, { parameters, headers: request.headers });
    if (!answering) return refusal("DOCUMENTS_NOT_FOUND");
    if (request.method === "GET" || request.method === "HEAD") return await answering();
    const answer = refusal("DOCUMENTS_METHOD");
    return { ...answer, headers: { ...answer.headers, Allow: "GET, HEAD" } };
  }

  /** What answers `/v1/search`, `/v1/documents/{id}`, `…/{type}`, `…/{type}/report` and `…/{type}/diff`. */
  #endpoint(
    parts: readonly string[],
    rest: Pick<Parameters<ServiceEndpoint["content"]>[0], "parameters" | "headers">,
  ): (() => Promise<Answer>) | undefined {
    const { search, services } = this.#endpoints;
    const [, area, serviceId, type, detail, ...more] = parts;
    if (more.length > 0) return undefined;
    if (area === "search") return serviceId === undefined ? () => search.search(rest.parameters) : undefined;
    if (serviceId === undefined) return undefined;
    const application = rest.parameters.get("application") ?? undefined;
    if (type === undefined) return () => services.list({ application, serviceId });
    const call = { application, serviceId, type, ...rest };
    if (detail === undefined) return () => services.content(call);
    if (detail === "report") return () => services.report(call);
    return detail === "diff" ? () => services.difference(call) : undefined;
  }
}

/** undefined where a part is no text in UTF-8, which no id is. */
function decodedParts(path: string): readonly string[] | undefined {
  try {
    return path.slice(1).split("/").map(decodeURIComponent);
  } catch {
    return undefined;
  }
}
