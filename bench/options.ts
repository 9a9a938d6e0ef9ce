import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";

export interface BenchOptions {
  /** Few cases, a second each, nothing kept: shows that everything works. */
  readonly smoke: boolean;
  /** Names of cases and suites to run; empty runs all. */
  readonly only: readonly string[];
  readonly concurrency: readonly number[];
  /** Seconds of load per contender, case and concurrency, over all rounds. */
  readonly duration: number;
  readonly rounds: number;
  readonly keepHistory: boolean;
  /** Folder for CPU profiles of the gateway. */
  readonly profile: string | undefined;
  /** Measure the sources instead of the built code. */
  readonly source: boolean;
  /** Count the gateway's system calls with strace; its figures are then worth nothing. */
  readonly strace: boolean;
  /** Cores of the proxy under test and of load and target; undefined on a machine with one core. */
  readonly proxyCore: number | undefined;
  readonly loadCore: number | undefined;
}

export const usage = `node bench/run.ts [options]

  --smoke              a short run that shows that everything works (no history)
  --case NAME          only this case or suite (no history); may be repeated
  --concurrency LIST   connections, such as 1,64 (default 1,64,512)
  --duration SECONDS   load per contender, case and concurrency (default 10, in 5 interleaved rounds)
  --rounds NUMBER      how often contenders take turns (default 5)
  --no-history         do not append to bench/history.csv
  --profile DIRECTORY  write CPU profiles of the gateway there
  --source             measure the sources, without building them (no history)
  --strace             count the gateway's system calls per request (slow; no history)
`;

export function readOptions(parameters: readonly string[]): BenchOptions | undefined {
  const { values } = parseArgs({
    args: [...parameters],
    options: {
      smoke: { type: "boolean", default: false },
      case: { type: "string", multiple: true, default: [] },
      concurrency: { type: "string" },
      duration: { type: "string" },
      rounds: { type: "string" },
      "no-history": { type: "boolean", default: false },
      profile: { type: "string" },
      strace: { type: "boolean", default: false },
      source: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return undefined;
  const { smoke, strace, source } = values;
  const pinned = availableParallelism() > 1;
  return {
    smoke,
    only: values.case,
    concurrency: numbers(values.concurrency ?? (smoke ? "16" : "1,64,512")),
    duration: numbers(values.duration ?? (smoke ? "1" : "10"))[0] ?? 1,
    rounds: numbers(values.rounds ?? (smoke ? "1" : "5"))[0] ?? 1,
    keepHistory:
      values.case.length === 0 &&
      !smoke &&
      !strace &&
      !source &&
      values.profile === undefined &&
      !values["no-history"],
    profile: values.profile,
    strace,
    source,
    proxyCore: pinned ? 0 : undefined,
    loadCore: pinned ? 1 : undefined,
  };
}

function numbers(list: string): number[] {
  return list.split(",").map((item) => {
    const number = Number(item);
    if (!Number.isInteger(number) || number < 1) {
      throw new Error(`${list} is no list of positive whole numbers`);
    }
    return number;
  });
}
