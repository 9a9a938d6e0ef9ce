import { defineFailures } from "../core/failures.ts";

export const telemetryFailures = defineFailures({
  TELEMETRY_FILE_UNUSABLE: {
    status: 500,
    actor: "operator",
    text: "cannot write the log file %s (setting %s): %s",
    remedy: "Name a file in an existing folder that the process may write to, or stdout.",
  },
  TELEMETRY_TRACES_ENDPOINT: {
    status: 500,
    actor: "operator",
    text: "cannot export traces to %s (setting telemetry.traces.endpoint): %s",
    remedy: "Give the base address of an OTLP/HTTP collector, like http://localhost:4318.",
  },
});
