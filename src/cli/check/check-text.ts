import type { Emphasis } from "../output/emphasis.ts";
import { printable } from "../output/printable.ts";
import type { CheckedApi, CheckedStep } from "./read-check.ts";

const COLOURS = { ok: "green", warning: "yellow", failed: "red", skipped: "dim" } as const;

/** The steps of one API as lines, with what to do below those that did not go well. */
export function checkText(
  application: string,
  { displayName, service, entry, steps }: CheckedApi,
  emphasis: Emphasis,
): string {
  const path = [application, service, ...(entry === "" ? [] : [entry])].join("/");
  const head = emphasis("bold", printable(`${displayName} (${path})`));
  return [head, ...steps.flatMap((step) => stepLines(step, emphasis))].map((line) => `${line}\n`).join("");
}

function stepLines(one: CheckedStep, emphasis: Emphasis): readonly string[] {
  const { step, state, milliseconds, message, remedy } = one;
  const colour = Object.hasOwn(COLOURS, state) ? COLOURS[state as keyof typeof COLOURS] : "bold";
  const time = milliseconds === 0 ? "" : `${milliseconds} ms`;
  const told = emphasis(colour, state.padEnd(7));
  const line = `  ${step.padEnd(8)}  ${told}  ${time.padStart(8)}  ${printable(message)}`;
  return remedy === undefined ? [line] : [line, `  ${" ".repeat(27)}→ ${printable(remedy)}`];
}
