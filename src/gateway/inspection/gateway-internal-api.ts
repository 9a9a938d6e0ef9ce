import { sendJsonError } from "../../http/json-error.ts";
import type { RequestHandler } from "../../http/request-handler.ts";
import { answerCheck } from "../check/answer-check.ts";
import { checkedApis, type CheckerOptions } from "../check/check-application.ts";
import { answerPieces } from "../external-api/answer.ts";
import type { Inspection } from "./inspection.ts";
import { serviceList, type GatewayUrls } from "./service-list.ts";

export interface InternalApiParts {
  readonly inspection: Inspection;
  /** Where workloads call the listeners. */
  readonly urls: GatewayUrls;
  readonly checker: CheckerOptions;
  readonly surprised: (error: unknown) => void;
}

type Request = Parameters<RequestHandler>[0];
type Response = Parameters<RequestHandler>[1];

const PATH = /^\/v1\/applications\/([^/?]+)\/(services|check)(?:\?(.*))?$/;

/** As many checks as there may be at a time: each of them asks others for tokens and answers. */
const MOST_CHECKS = 4;

/** What the gateway answers below /v1 of the admin API, to those who may ask about an Application. */
export class GatewayInternalApi {
  readonly #parts: InternalApiParts;
  #checks = 0;

  constructor(parts: InternalApiParts) {
    this.#parts = parts;
  }

  readonly serves = (target: string): boolean => PATH.test(target);

  readonly handle: RequestHandler = (request, response) => {
    const [, name = "", question = "", query = ""] = PATH.exec(request.url ?? "") ?? [];
    const allowed = question === "check" ? "POST" : "GET";
    if (request.method !== allowed) {
      response.setHeader("Allow", allowed);
      return sendJsonError(response, 405, "Method not allowed.");
    }
    request.resume();
    const application = this.#parts.inspection.find(name);
    if (!application) return sendJsonError(response, 404, `application with name ${name} not found`);
    const answered =
      question === "check"
        ? this.#check({ application, query: new URLSearchParams(query) }, response)
        : answerPieces(response, "application/json", serviceList(application, this.#parts.urls));
    void answered.catch((error: unknown) => this.#fail(error, request, response));
  };

  async #check(
    {
      application,
      query,
    }: { readonly application: NonNullable<ReturnType<Inspection["find"]>>; readonly query: URLSearchParams },
    response: Response,
  ): Promise<void> {
    const { checker, surprised } = this.#parts;
    const service = query.get("service") ?? undefined;
    if (checkedApis(application, service).next().done === true) {
      const which = service === undefined ? "" : ` of a service ${service}`;
      return sendJsonError(response, 404, `the application has no API${which}`);
    }
    if (this.#checks >= MOST_CHECKS) {
      response.setHeader("Retry-After", "5");
      return sendJsonError(response, 429, `${MOST_CHECKS} checks are under way already`);
    }
    this.#checks++;
    try {
      await answerCheck({ application, service, surprised }, response, checker);
    } finally {
      this.#checks--;
    }
  }

  #fail(error: unknown, request: Request, response: Response): void {
    if (!request.destroyed && !response.destroyed) this.#parts.surprised(error);
    response.destroy();
  }
}
