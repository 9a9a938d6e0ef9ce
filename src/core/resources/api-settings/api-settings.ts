import { isNetwork } from "../../network.ts";
import { subdomainProblems } from "../name-rules.ts";
import { parseAddressRules } from "./address-rules.ts";
import type { ApiSetting } from "./api-setting.ts";
import {
  parseCountPerTime,
  parseFlag,
  parseItems,
  parseNumber,
  parseTime,
  parseWord,
} from "./value-parsers.ts";

/** What a retry may follow. `connect`: no connection could be made, so that the target has seen nothing. */
export type RetryReason = "connect" | "429" | "502" | "503" | "504";

const REASONS: readonly string[] = ["connect", "429", "502", "503", "504"];
const METHODS: readonly string[] = ["GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"];

const isReason = (item: string): item is RetryReason => REASONS.includes(item);
const isMethod = (item: string): item is string => METHODS.includes(item);
const isAddress = (item: string): item is string => isNetwork(item);
const isIdentity = (item: string): item is string => /^spiffe:\/\/[^\s,*]+\*?$/.test(item);

/** The names of Secrets follow the same rule as those of hosts. */
const parseDomain = (written: string) =>
  subdomainProblems(written).length === 0 && !isNetwork(written) ? written : undefined;

const PER_TIME = "a number up to 999999999, a slash and a time from 1ms to 24h, like";
const DURATION = 'a duration from 1ms to 24h like "30s"';

/**
 * What operators may set for an Application or one of its APIs beyond the fields that the original has, by the
 * annotation `appconn.dev/` and the name in lower case with hyphens (decision 0022).
 */
export const apiSettings = {
  timeout: {
    description:
      "How long a call may take until the headers of its target's answer, as `gateway.proxyTimeout`. Requests for tokens, which calls share, end after `gateway.proxyTimeout` all the same, and a process that is leaving waits for no call longer than `gateway.drainTimeout`.",
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
    description:
      "Whether X-Forwarded-For, -Host, -Proto, -Client-Cert and Forwarded reach the target. Host-addressed calls always strip them.",
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
  targetProtocol: {
    description:
      "What is spoken with the target: HTTP/1.1, HTTP/2 and nothing else (`h2`), or what the target chooses (`auto`). Over TLS it is agreed upon with each connection (ALPN); without TLS `h2` is taken for known, as gRPC does, and `auto` is HTTP/1.1. Upgrades, and requests to token and CSRF endpoints, are HTTP/1.1 always.",
    expected: "http/1.1, h2 or auto",
    example: "h2",
    otherwise: "`http/1.1`",
    parse: parseWord(["http/1.1", "h2", "auto"]),
  },
  addressPolicy: {
    description:
      "Where the API's target and its token and CSRF endpoints may lie, whatever their names resolve to: networks, `public` and `private`; behind `!` where they may not. It comes on top of `outbound.deniedNetworks` and of the refusal of metadata addresses. A name that a proxy would resolve is refused.",
    expected: 'networks, "public" and "private", between commas, each with or without "!" in front',
    example: "10.20.0.0/16, public, !10.20.7.0/24",
    otherwise: "everywhere but `outbound.deniedNetworks` and metadata addresses",
    parse: parseAddressRules,
  },
  allowedCallers: {
    description:
      "Which workloads may call, by the identity that their service mesh gives them: SPIFFE names, or what one begins with before `*` at its end. It is read from X-Forwarded-Client-Cert, and only where the call comes from one of `gateway.trustedXfccProxies`. All others are answered with 403.",
    expected: "SPIFFE names between commas, each with or without `*` at its end",
    example: "spiffe://cluster.local/ns/shop/sa/orders, spiffe://cluster.local/ns/tools/*",
    otherwise: "everybody who reaches the gateway",
    parse: parseItems(isIdentity),
  },
  allowedNetworks: {
    description:
      "From where calls may come: the address at the other end of the connection, whatever headers say. All others are answered with 403. Together with `allowed-callers` both must hold.",
    expected: "networks or addresses between commas",
    example: "10.1.0.0/16, 127.0.0.1",
    otherwise: "everywhere",
    parse: parseItems(isAddress),
  },
  concurrencyLimit: {
    description:
      "How many calls of the API may be under way at a time. One more is answered with 503 and `Retry-After`. An upgraded connection counts until it ends.",
    expected: "a whole number from 1 to 1000000",
    example: "20",
    otherwise: "no limit",
    parse: parseNumber(1, 1_000_000),
  },
  rateLimit: {
    description:
      "How many calls of the API may begin in a time, all of them at once if need be. One more is answered with 429 and `Retry-After`.",
    expected: `${PER_TIME} "100/s" or "1000/10m"`,
    example: "100/s",
    otherwise: "no limit",
    parse: parseCountPerTime,
  },
  circuitBreaker: {
    description:
      "After how many failures of the target in a row calls are kept from it, and for how long: they are answered with 503 and `Retry-After`. Then one call at a time tries, until one succeeds. Failures are answers of 5xx, connections that cannot be made or break off, and time-outs; not what callers do, nor what goes wrong with a token.",
    expected: `${PER_TIME} "5/30s"`,
    example: "5/30s",
    otherwise: "every call is tried",
    parse: parseCountPerTime,
  },
  retryAttempts: {
    description:
      "How often a call that failed is made again, within its `timeout`. Only calls whose body can be sent again are (`gateway.retryBufferBytes`). Apart from that, and from the repetition after 401 and 403.",
    expected: "a whole number from 0 to 10",
    example: "2",
    otherwise: "0",
    parse: parseNumber(0, 10),
  },
  retryOn: {
    description:
      "What counts as failed: `connect`, where no connection could be made, and statuses of the target. Its `Retry-After` is waited for; where that takes too long, its answer is passed on.",
    expected: "connect, 429, 502, 503 and 504, those that are meant, between commas",
    example: "connect, 429, 503",
    otherwise: "`connect, 502, 503, 504`",
    parse: parseItems(isReason),
  },
  retryMethods: {
    description: "Calls with which methods are made again.",
    expected: `those of ${METHODS.join(", ")} that are meant, between commas`,
    example: "GET, HEAD, OPTIONS, PUT",
    otherwise: "`GET, HEAD, OPTIONS`, which change nothing",
    parse: parseItems(isMethod),
  },
} satisfies Readonly<Record<string, ApiSetting<unknown>>>;

export type ApiSettingName = keyof typeof apiSettings;

/** The values of one API, parsed; absent where nothing is set. */
export type ApiSettings = {
  readonly [Name in ApiSettingName]?: NonNullable<ReturnType<(typeof apiSettings)[Name]["parse"]>>;
};
