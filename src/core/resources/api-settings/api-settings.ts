import { isNetwork } from "../../network.ts";
import { subdomainProblems } from "../name-rules.ts";
import { parseAddressRules } from "./address-rules.ts";
import type { ApiSetting } from "./api-setting.ts";
import { parseFlag, parseTime, parseWord } from "./value-parsers.ts";

/** The names of Secrets follow the same rule as those of hosts. */
const parseDomain = (written: string) =>
  subdomainProblems(written).length === 0 && !isNetwork(written) ? written : undefined;

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
  caBundle: {
    description:
      "A Secret of the credentials namespace whose key `ca.crt` holds certificate authorities in PEM form. The calls of the API trust them beside those that all trust: at the target and at its token and CSRF endpoints.",
    expected: "the name of a Secret",
    example: "erp-authorities",
    otherwise: "the authorities of the system and of `outbound.caFile`",
    parse: parseDomain,
  },
  serverName: {
    description:
      "The name that the target is asked for (SNI) and that its certificate must have, where that is not the host of `targetUrl`. Not for a token or CSRF endpoint of another origin.",
    expected: 'a host name like "erp.example.com"',
    example: "erp.example.com",
    otherwise: "the host of `targetUrl`",
    parse: parseDomain,
  },
  addressPolicy: {
    description:
      "Where the API's target and its token and CSRF endpoints may lie, whatever their names resolve to: networks, `public` and `private`; behind `!` where they may not. It comes on top of `outbound.deniedNetworks` and of the refusal of metadata addresses. A name that a proxy would resolve is refused.",
    expected: 'networks, "public" and "private", between commas, each with or without "!" in front',
    example: "10.20.0.0/16, public, !10.20.7.0/24",
    otherwise: "everywhere but `outbound.deniedNetworks` and metadata addresses",
    parse: parseAddressRules,
  },
} satisfies Readonly<Record<string, ApiSetting<unknown>>>;

export type ApiSettingName = keyof typeof apiSettings;

/** The values of one API, parsed; absent where nothing is set. */
export type ApiSettings = {
  readonly [Name in ApiSettingName]?: NonNullable<ReturnType<(typeof apiSettings)[Name]["parse"]>>;
};
