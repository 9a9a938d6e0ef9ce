import type { Answering } from "./target.ts";

export interface TokenAnswer {
  /** Seconds; undefined leaves it out. */
  readonly expiresIn?: number | undefined;
  /** Token by its number, from 1. */
  readonly token?: (number: number) => string;
}

/** A well-behaved token endpoint: `token-1`, `token-2` … */
export function answersTokens(answer: TokenAnswer = {}): Answering {
  const { token = (number) => `token-${number}` } = answer;
  const expiresIn = "expiresIn" in answer ? answer.expiresIn : 3600;
  let issued = 0;
  return async (call) => {
    await call.body;
    const body = { access_token: token(++issued), token_type: "bearer", expires_in: expiresIn };
    await call.respond(200, { "Content-Type": "application/json" }, JSON.stringify(body));
  };
}
