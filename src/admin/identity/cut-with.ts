import type { ServerResponse } from "node:http";
import type { Clock } from "../../core/clock.ts";
import type { Caller } from "./caller.ts";

/** How long an answer may go on after its caller's end: who revokes his own token is told so. Milliseconds. */
const GRACE = 500;

/** Cuts an answer that goes on although its caller may do nothing any more. */
export function cutWith({ ended }: Caller, response: ServerResponse, clock: Pick<Clock, "after">): void {
  const cut = () => void clock.after(GRACE, () => response.destroy());
  ended.addEventListener("abort", cut, { once: true });
  response.once("close", () => ended.removeEventListener("abort", cut));
}
