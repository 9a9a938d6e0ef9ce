import type { CompiledApi } from "../snapshot/compiled.ts";
import { mayRepeat } from "./may-repeat.ts";
import type { GatewayOptions } from "./options.ts";
import type { RequestHead } from "./request-head.ts";
import type { Injection } from "./inject.ts";

/** How often one call has been made, and whether it is made again. */
export class Repetition {
  readonly #method: string;
  readonly #ownToken: boolean;
  readonly #options: Pick<GatewayOptions, "retryOnUnauthorized">;
  /** The call has been made again with fresh credentials; there is no third time. */
  refreshed = false;
  /** The target's answer is held until it is clear whether the caller's body can be sent again. */
  deciding = false;
  /** It has been sent again because its connection had been closed before the target could see it. */
  resent = false;

  constructor(method: string, head: RequestHead, options: Pick<GatewayOptions, "retryOnUnauthorized">) {
    this.#method = method;
    this.#ownToken = head.accessToken !== undefined;
    this.#options = options;
  }

  /** Whether the body is worth remembering. */
  mayCome(api: CompiledApi): boolean {
    return mayRepeat({ method: this.#method, api, ownToken: this.#ownToken }, this.#options);
  }

  /** Whether the target's answer says that fresh credentials could help. */
  wantsFresh(status: number, api: CompiledApi): boolean {
    return (status === 401 || status === 403) && !this.refreshed && this.mayCome(api);
  }

  /** From here on the call goes out with what is fetched anew. */
  refresh(api: CompiledApi, { authorisation, csrf }: Injection): void {
    this.refreshed = true;
    if (!this.#ownToken) api.provider.invalidate(authorisation);
    if (csrf) api.csrf?.invalidate(csrf);
  }
}
