import type { ApiSetting } from "./api-setting.ts";
import { parseFlag, parseTime, parseWord } from "./value-parsers.ts";

const DURATION = 'a duration from 1ms to 24h like "30s"';

/**
 * What operators may set for an Application or one of its APIs beyond the fields that the original has, by the
 * annotation `appconn.dev/` and the name in lower case with hyphens (decision 0022).
 */
export const apiSettings = {
  timeout: {
    description:
      "How long a call may take until the headers of its target's answer, as `gateway.proxyTimeout`.",
    expected: DURATION,
    example: "2m",
    otherwise: "`gateway.proxyTimeout`",
    parse: parseTime,
  },
  streamIdleTimeout: {
    description: "How long an answer may pause in its body, as `gateway.streamIdleTimeout`.",
    expected: DURATION,
    example: "10m",
    otherwise: "`gateway.streamIdleTimeout`",
    parse: parseTime,
  },
  forwardedHeaders: {
    description: "Whether X-Forwarded-* headers reach the target. Host-addressed calls always strip them.",
    expected: "append or strip",
    example: "strip",
    otherwise: "`gateway.forwardedHeaders`",
    parse: parseWord(["append", "strip"]),
  },
  preserveTrailingSlash: {
    description: "Whether a slash at the end of a call's path reaches the target.",
    expected: "true or false",
    example: "true",
    otherwise: "`gateway.preserveTrailingSlash`",
    parse: parseFlag,
  },
} satisfies Readonly<Record<string, ApiSetting<unknown>>>;

export type ApiSettingName = keyof typeof apiSettings;

/** The values of one API, parsed; absent where nothing is set. */
export type ApiSettings = {
  readonly [Name in ApiSettingName]?: NonNullable<ReturnType<(typeof apiSettings)[Name]["parse"]>>;
};
