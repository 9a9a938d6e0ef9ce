import type { LimitReached } from "../snapshot/call-limits.ts";
import { refusal, type GatewayFailureCode, type GatewayRefusal } from "./failures.ts";

const CODES = {
  rate: "GATEWAY_RATE_LIMITED",
  concurrency: "GATEWAY_TOO_MANY_AT_ONCE",
  breaker: "GATEWAY_CIRCUIT_OPEN",
} as const satisfies Record<LimitReached["limit"], GatewayFailureCode>;

/** What a caller is told whom a limit keeps out, and in how many whole seconds it may come again (RFC 9110 §10.2.3). */
export function limitRefusal({ limit, wait }: LimitReached): GatewayRefusal {
  return { ...refusal(CODES[limit]), retryAfter: Math.max(1, Math.ceil(wait / 1000)) };
}
