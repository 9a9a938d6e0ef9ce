import type { Line } from "../line.ts";
import type { BenchOptions } from "../options.ts";
import { limits } from "./limits.ts";
import { formatVerdicts, judge } from "./verdict.ts";

/** Share of the proxy's core above which others disturb a measurement. */
const DISTURBED = 0.1;

export interface Conclusion {
  readonly text: string;
  /** How many of the limits that bind this run are missed. */
  readonly missed: number;
}

/**
 * A part of the benchmark is judged by the limits that it has measured, all of it by every limit. A smoke run
 * is bound by counts alone: a second of load on a machine that does other work proves no figure.
 */
export function conclude(lines: readonly Line[], options: BenchOptions): Conclusion {
  const isPart = options.smoke || options.only.length > 0 || options.strace;
  const verdicts = judge(limits, lines).filter(({ measured }) => !isPart || measured !== undefined);
  const binding = verdicts.filter(({ limit }) => !options.smoke || limit.exact === true);
  const missed = binding.filter(({ kept }) => !kept).length;
  const parts = [
    verdicts.length > 0 ? formatVerdicts(verdicts) : "",
    ...notes(lines, options),
    verdicts.length > 0 ? `${missed} of ${binding.length} limits missed` : "",
  ];
  return { missed, text: parts.filter((part) => part !== "").join("\n\n") };
}

function notes(lines: readonly Line[], { smoke, source }: BenchOptions): string[] {
  const loaded = lines.filter(({ figures }) => figures["other_load"] !== undefined);
  const disturbed = loaded.filter(({ figures }) => (figures["other_load"] ?? 0) > DISTURBED);
  return [
    ...(source ? ["These are the sources; the limits are those of the built code."] : []),
    ...(smoke ? ["A smoke run: only the counts (exactly …) bind it."] : []),
    ...(disturbed.length > 0
      ? [
          `Others had more than ${DISTURBED * 100} % of the proxy's core during ${disturbed.length} of ` +
            `${loaded.length} measurements (other_load); a quiet machine gives better figures.`,
        ]
      : []),
  ];
}
