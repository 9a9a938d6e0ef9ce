import { headerValue, type FlatHeaders } from "../http/flat-headers.ts";
import { readSetCookies } from "./cookies.ts";
import type { CsrfToken } from "./provider.ts";

export interface PlainCsrfToken extends CsrfToken {
  readonly lifetime: number | undefined;
}

/** Hidden from `util.inspect` and JSON: the cookies are a session at the target. */
export class ReceivedCsrfToken implements CsrfToken {
  readonly #token: string;
  readonly #cookies: readonly string[];
  /** Milliseconds until one of the cookies expires; undefined when none does. */
  readonly lifetime: number | undefined;

  constructor(token: string, cookies: readonly string[], lifetime: number | undefined) {
    this.#token = token;
    this.#cookies = Object.freeze(cookies);
    this.lifetime = lifetime;
  }

  /** To be sent to another process of ours, and nowhere else. */
  plain(): PlainCsrfToken {
    return { token: this.#token, cookies: this.#cookies, lifetime: this.lifetime };
  }

  get token(): string {
    return this.#token;
  }

  get cookies(): readonly string[] {
    return this.#cookies;
  }
}

/**
 * The token and the cookies in the headers of an answer; `now` in milliseconds since the epoch. The server says
 * with its own clock when a cookie expires, so its Date counts: where our clock is ahead by the life of a
 * session, every cookie would have expired on arrival.
 */
export function readCsrfToken(headers: FlatHeaders, now: number): ReceivedCsrfToken {
  const setCookies = headers.filter(
    (_, index) => index % 2 === 1 && headers[index - 1]?.toLowerCase() === "set-cookie",
  );
  const date = Date.parse(headerValue(headers, "date") ?? "");
  const { pairs, lifetime } = readSetCookies(setCookies, Number.isNaN(date) ? now : date);
  return new ReceivedCsrfToken(headerValue(headers, "x-csrf-token") ?? "", pairs, lifetime);
}
