import type { Usage } from "../processes/usage.ts";

/** A proxy under test, started and ready. */
export interface Contender extends AsyncDisposable {
  readonly name: "gateway" | "nginx" | "haproxy" | "target";
  /** Origin of the two-segment addressing. */
  readonly origin: string;
  /** Origin of the three-segment addressing. */
  readonly compassOrigin: string;
  usage(): Usage;
}

/** What every contender is told about the systems behind it. */
export interface Surroundings {
  /** Directory for configuration, logs and temporary files. */
  readonly directory: string;
  /** Port of the quick target. */
  readonly targetPort: number;
  /** Port of the target that reads request bodies to their end. */
  readonly sinkPort: number;
  /** The gateway's program. */
  readonly program: string;
  /** Core for the proxy under test. */
  readonly proxyCore: number | undefined;
}
