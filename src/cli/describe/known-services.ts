import type { PlainObject } from "../../core/plain-object.ts";
import { objectsAt, textAt, textsAt, valueAt } from "../json-fields.ts";
import type { ApiClient } from "../server/api-client.ts";
import { StatusError } from "../server/status-error.ts";

/** How an API is called, and what is wrong with it, as the gateway has it. */
export interface KnownApi {
  readonly urls: readonly string[];
  readonly problems: readonly KnownProblem[];
}

export interface KnownProblem {
  readonly isError: boolean;
  readonly reason: string;
  readonly message: string;
  readonly remedy: string;
}

/** Base URLs in place of those that the server tells. */
export interface GivenUrls {
  readonly gatewayUrl: string | undefined;
  readonly compassUrl: string | undefined;
}

/** What the gateway tells of the services of one Application. */
export class KnownServices {
  readonly #services: readonly PlainObject[];
  readonly #replaced: readonly (readonly [from: string, to: string])[];
  /** Of the Application itself. */
  readonly problems: readonly KnownProblem[];

  private constructor(list: unknown, { gatewayUrl, compassUrl }: GivenUrls) {
    this.#services = objectsAt(list, "services");
    this.#replaced = [
      [textAt(list, "gatewayUrl"), gatewayUrl] as const,
      [textAt(list, "compassUrl"), compassUrl] as const,
    ].flatMap(([from, to]) => (from === undefined || to === undefined ? [] : [[from, to] as const]));
    this.problems = problemsOf(list);
  }

  /** undefined where the server has no gateway, or does not tell this user. */
  static async ask(
    client: ApiClient,
    application: string,
    given: GivenUrls,
  ): Promise<KnownServices | undefined> {
    try {
      const path = `/v1/applications/${encodeURIComponent(application)}/services`;
      const { body } = await client.request({ path });
      return new KnownServices(body, given);
    } catch (error) {
      if (error instanceof StatusError) return undefined;
      throw error;
    }
  }

  /** The APIs of the service at that position, in the order of its entries; empty where it has changed meanwhile. */
  apisOf({ id }: { readonly id: string | undefined }, index: number): readonly KnownApi[] {
    const service = this.#services[index];
    if (id === undefined || textAt(service, "id") !== id) return [];
    return objectsAt(service, "apis").map((api) => ({
      urls: textsAt(api, "urls").map((url) => this.#replace(url)),
      problems: problemsOf(api),
    }));
  }

  #replace(url: string): string {
    const found = this.#replaced.find(([from]) => url.startsWith(`${from}/`));
    return found ? found[1].replace(/\/+$/, "") + url.slice(found[0].length) : url;
  }
}

function problemsOf(value: unknown): readonly KnownProblem[] {
  return objectsAt(value, "problems").map((problem) => ({
    isError: valueAt(problem, "severity") === "error",
    reason: textAt(problem, "reason") ?? "",
    message: textAt(problem, "message") ?? "",
    remedy: textAt(problem, "remedy") ?? "",
  }));
}
