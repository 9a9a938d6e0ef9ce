import { bytes, duration, flag, oneOf, text, type Resolved } from "../config/setting.ts";
import { LOG_LEVELS } from "./log-level.ts";

/** Settings of logs, metrics, traces and audit, for every component of the process. */
export const telemetrySettings = {
  log: {
    level: oneOf(LOG_LEVELS, {
      default: "info",
      description: "Lowest level that is logged. It can be changed at run time: PUT /v1/loglevel on 8081.",
      aliases: [{ flag: "logLevel" }],
    }),
    format: oneOf(["auto", "json", "text"], {
      default: "auto",
      description: "Form of the lines on stdout. auto: text on a terminal, else JSON.",
    }),
  },
  accessLog: {
    enabled: flag({ default: true, description: "Whether each call through the gateway leaves a line." }),
    destination: text({
      default: "stdout",
      description: "stdout or a file; a relative name is looked for in the data directory.",
    }),
  },
  audit: {
    destination: text({
      default: "audit.log",
      description:
        "Where audit records go: stdout, off, or a file; a relative name is looked for in the data directory.",
    }),
  },
  files: {
    rotateAt: bytes({
      default: 100 * 1024 * 1024,
      description:
        "Size at which a log file is renamed to .1 (.1 to .2 and so on to .5) and begun anew; 0: never. SIGHUP reopens the files for logrotate.",
    }),
    flushInterval: duration({
      default: 100,
      description: "How long a line may wait in memory before it is written.",
    }),
  },
  metrics: {
    enabled: flag({ default: true, description: "Whether metrics are counted and GET /metrics answers." }),
    durationsPerApplication: flag({
      default: true,
      description:
        "Whether histograms of durations carry the application label. Turn it off where thousands of Applications are called.",
    }),
  },
  traces: {
    endpoint: text({
      default: "",
      description:
        "Base address of an OTLP/HTTP collector; empty: no traces. Other OTEL_* variables (headers, sampler, service name) are read too.",
      aliases: [{ environment: "OTEL_EXPORTER_OTLP_ENDPOINT" }],
    }),
  },
};

export type TelemetryOptions = Resolved<typeof telemetrySettings>;
