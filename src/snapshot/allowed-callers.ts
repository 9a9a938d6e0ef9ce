import type { ApiSettings } from "../core/resources/api-settings/api-settings.ts";
import { NetworkList } from "../http/network-list.ts";

/** Why a caller may not call. */
export type CallerProblem = "network" | "no-identity" | "identity";

/** Who may call an API. */
export class AllowedCallers {
  readonly #networks: NetworkList | undefined;
  readonly #names: ReadonlySet<string> | undefined;
  readonly #beginnings: readonly string[];

  private constructor({ allowedNetworks, allowedCallers }: ApiSettings) {
    this.#networks = allowedNetworks && new NetworkList(allowedNetworks);
    this.#names = allowedCallers && new Set(allowedCallers.filter((name) => !name.endsWith("*")));
    this.#beginnings = (allowedCallers ?? [])
      .filter((name) => name.endsWith("*"))
      .map((name) => name.slice(0, -1));
  }

  /** undefined where everybody may. */
  static of(settings: ApiSettings): AllowedCallers | undefined {
    const { allowedNetworks, allowedCallers } = settings;
    return allowedNetworks || allowedCallers ? new AllowedCallers(settings) : undefined;
  }

  /** `peer`: the other end of the connection. `identity` is asked for only where it counts. */
  problemOf(peer: string | undefined, identity: () => string | undefined): CallerProblem | undefined {
    if (this.#networks && (peer === undefined || !this.#networks.contains(peer))) return "network";
    if (!this.#names) return undefined;
    const name = identity();
    if (name === undefined) return "no-identity";
    const isAllowed =
      this.#names.has(name) || this.#beginnings.some((beginning) => name.startsWith(beginning));
    return isAllowed ? undefined : "identity";
  }
}
