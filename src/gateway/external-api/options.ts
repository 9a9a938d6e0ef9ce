import { flag, type Resolved } from "../../config/setting.ts";

/** Settings of the listener for health, log level, readiness and metrics (8081). */
export const externalApiSettings = {
  logLevelFromAnywhere: flag({
    default: false,
    description:
      "Whether PUT /v1/loglevel is taken from other machines too. The original took it from everywhere.",
  }),
};

export type ExternalApiOptions = Resolved<typeof externalApiSettings>;
