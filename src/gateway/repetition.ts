import type { CompiledApi } from "../snapshot/compiled.ts";
import type { Injection } from "./inject.ts";
import { mayRepeat } from "./may-repeat.ts";
import type { GatewayOptions } from "./options.ts";
import type { RequestHead } from "./request-head.ts";
import { mayRetry, retryDelay } from "./retry-delay.ts";

/** Why an attempt has failed, and what of the call's time is left. */
interface Failed {
  /** As in the annotation `retry-on`: a status, or `connect`. */
  readonly reason: string;
  /** Milliseconds that the target asked for. */
  readonly retryAfter: number | undefined;
  /** Milliseconds. */
  readonly left: number;
}

/** How often one call has been made, and whether it is made again. */
export class Repetition {
  readonly #method: string;
  readonly #ownToken: boolean;
  readonly #options: Pick<GatewayOptions, "retryOnUnauthorized">;
  /** The call has been made again with fresh credentials; there is no third time. */
  refreshed = false;
  /** How often it has been made again because it failed (annotation `retry-attempts`). */
  retries = 0;
  /** The target's answer is held until it is clear whether the caller's body can be sent again. */
  deciding = false;
  /** Its credentials were replaced while it waited for them, and it has begun again with the new ones. */
  resolvedAgain = false;
  /** It has been sent again because the target has not looked at it, or could not: its connection had been closed. */
  resent = false;

  constructor(method: string, head: RequestHead, options: Pick<GatewayOptions, "retryOnUnauthorized">) {
    this.#method = method;
    this.#ownToken = head.accessToken !== undefined;
    this.#options = options;
  }

  /** This is not the first attempt. */
  get isAgain(): boolean {
    return this.refreshed || this.resent || this.retries > 0;
  }

  /** Whether the body is worth remembering. */
  mayCome(api: CompiledApi): boolean {
    if (this.#mayRefresh(api) || mayRetry(this.#method, api.settings)) return true;
    // Targets that speak HTTP/2 say what they have not looked at.
    return (api.settings.targetProtocol ?? "http/1.1") !== "http/1.1";
  }

  /** Whether the target's answer says that fresh credentials could help. */
  wantsFresh(status: number, api: CompiledApi): boolean {
    // What a caller may not do with its own token it may not do with another one of its own; and each such call
    // would ask the identity provider.
    const isForbidden = status === 403 && api.provider.personal === true && !this.#ownToken;
    return (status === 401 || status === 403) && !isForbidden && !this.refreshed && this.#mayRefresh(api);
  }

  /** Milliseconds after which it is made again; undefined where it is not. */
  delayAfter(failed: Failed, { settings }: CompiledApi): number | undefined {
    return retryDelay({ ...failed, method: this.#method, retries: this.retries }, settings, Math.random);
  }

  /** From here on the call goes out with what is fetched anew. */
  refresh(api: CompiledApi, { authorisation, csrf }: Injection): void {
    this.refreshed = true;
    if (!this.#ownToken) api.provider.invalidate(authorisation);
    if (csrf) api.csrf?.invalidate(csrf);
  }

  #mayRefresh(api: CompiledApi): boolean {
    return mayRepeat({ method: this.#method, api, ownToken: this.#ownToken }, this.#options);
  }
}
