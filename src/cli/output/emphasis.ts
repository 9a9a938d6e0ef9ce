import { styleText } from "node:util";
import type { Environment } from "../../config/read-environment.ts";
import type { Output } from "../terminal.ts";

export type Emphasis = (style: "bold" | "dim" | "red" | "yellow" | "green", text: string) => string;

/**
 * Colours for one output: only where it is a terminal and nobody asked for none (no-color.org: any value but
 * the empty one counts).
 */
export function emphasisFor(output: Output, environment: Environment): Emphasis {
  const wanted = output.isTTY === true && !environment["NO_COLOR"] && environment["TERM"] !== "dumb";
  return (style, text) => (wanted ? styleText(style, text, { validateStream: false }) : text);
}
