import { quantile, rate, share } from "./expressions.ts";
import type { Row } from "./panel.ts";

const requests = (labels = ""): string => `application_gateway_requests_total{$of${labels}}`;
const of5xx = requests(',code=~"5.."');

const requestSeconds = "application_gateway_request_duration_seconds_bucket{$of}";
const upstreamSeconds = "application_gateway_upstream_duration_seconds_bucket{$of}";
const LIMITS = "GATEWAY_RATE_LIMITED|GATEWAY_TOO_MANY_AT_ONCE|GATEWAY_CIRCUIT_OPEN|GATEWAY_TOO_MANY_TUNNELS";

const overview: Row = {
  title: "Overview",
  panels: [
    {
      title: "Calls",
      description: "Calls per second through the gateway.",
      as: "number",
      unit: "reqps",
      width: 3,
      queries: [{ expr: `sum(${rate(requests())})`, legend: "calls" }],
    },
    {
      title: "5xx",
      description: "Part of the calls whose caller saw a status of 500 or more.",
      as: "number",
      unit: "percentunit",
      width: 3,
      thresholds: [0.01, 0.05],
      queries: [{ expr: share(`sum(${rate(of5xx)})`, `sum(${rate(requests())})`), legend: "5xx" }],
    },
    {
      title: "p99",
      description: "All calls but the slowest hundredth take at most this long.",
      as: "number",
      unit: "s",
      width: 3,
      thresholds: [1, 5],
      queries: [{ expr: quantile(0.99, requestSeconds), legend: "p99" }],
    },
    {
      title: "In flight",
      description: "Calls that are being answered.",
      as: "number",
      width: 3,
      queries: [{ expr: "sum(application_gateway_inflight{$at})", legend: "calls" }],
    },
    {
      title: "Open breakers",
      description: "APIs whose target failed so often that it is left alone.",
      as: "number",
      width: 3,
      thresholds: [1, 5],
      queries: [{ expr: "sum(application_gateway_breaker_open{$of}) or vector(0)", legend: "open" }],
    },
    {
      title: "First certificate to end",
      description: "Days until the first client certificate ends that has not been renewed.",
      as: "number",
      unit: "d",
      width: 3,
      thresholds: [14, 3],
      isLowBad: true,
      queries: [{ expr: "min(appconn_client_certificate_days_left{$of})", legend: "days" }],
    },
    {
      title: "Up since",
      description: "How long the process that was started last has been running.",
      as: "number",
      unit: "s",
      width: 3,
      queries: [{ expr: "min(time() - process_start_time_seconds{$at})", legend: "time" }],
    },
    {
      title: "Version",
      description: "What runs.",
      as: "number",
      width: 3,
      isName: true,
      queries: [{ expr: "max by (version) (appconn_build_info{$at})", legend: "{{version}}" }],
    },
  ],
};

const golden: Row = {
  title: "Applications",
  panels: [
    {
      title: "Calls",
      description: "Calls per second of each Application.",
      as: "lines",
      unit: "reqps",
      width: 8,
      queries: [{ expr: `sum by (application) (${rate(requests())})`, legend: "{{application}}" }],
    },
    {
      title: "5xx",
      description: "Part of each Application's calls whose caller saw a status of 500 or more.",
      as: "lines",
      unit: "percentunit",
      width: 8,
      queries: [
        {
          expr: share(`sum by (application) (${rate(of5xx)})`, `sum by (application) (${rate(requests())})`),
          legend: "{{application}}",
        },
      ],
    },
    {
      title: "p99",
      description: "All calls of an Application but the slowest hundredth take at most this long.",
      as: "lines",
      unit: "s",
      width: 8,
      queries: [{ expr: quantile(0.99, requestSeconds, "application"), legend: "{{application}}" }],
    },
    {
      title: "Durations",
      description:
        "Of all calls: half, 95 % and 99 % take at most this long; the last line is what targets take of that.",
      as: "lines",
      unit: "s",
      width: 6,
      queries: [
        { expr: quantile(0.5, requestSeconds), legend: "p50" },
        { expr: quantile(0.95, requestSeconds), legend: "p95" },
        { expr: quantile(0.99, requestSeconds), legend: "p99" },
        { expr: quantile(0.99, upstreamSeconds), legend: "p99 of targets" },
      ],
    },
    {
      title: "In flight",
      description: "What is open: calls that are being answered, and upgraded connections.",
      as: "lines",
      width: 6,
      queries: [
        { expr: "sum by (instance) (application_gateway_inflight{$at})", legend: "calls {{instance}}" },
        { expr: "sum by (instance) (application_gateway_tunnels{$at})", legend: "tunnels {{instance}}" },
      ],
    },
    {
      title: "Most called APIs",
      description: "Calls per second. appconn top shows the same live, with durations of each API.",
      as: "table",
      unit: "reqps",
      width: 6,
      queries: [
        { expr: `topk(20, sum by (application, service, entry) (${rate(requests())}))`, legend: "calls" },
      ],
    },
    {
      title: "Versions of HTTP",
      description:
        "Calls that targets answered, by the version that was spoken with them: 2 where target-protocol asks for it and the target can.",
      as: "lines",
      unit: "reqps",
      width: 6,
      queries: [
        {
          expr: `sum by (protocol) (${rate("application_gateway_target_answers_total{$at}")})`,
          legend: "HTTP/{{protocol}}",
        },
      ],
    },
  ],
};

const errors: Row = {
  title: "Errors",
  panels: [
    {
      title: "Answers by status",
      description: "Answers that are no success, and who made them: the gateway or the target.",
      as: "bars",
      unit: "reqps",
      width: 8,
      queries: [
        {
          expr: `sum by (code, origin) (${rate(requests(',code=~"[45].."'))})`,
          legend: "{{code}} {{origin}}",
        },
      ],
    },
    {
      title: "Refusals by reason",
      description:
        "What the gateway itself answered, by the code of docs/errors.md, which says what to do about each.",
      as: "bars",
      unit: "reqps",
      width: 8,
      queries: [
        {
          expr: `sum by (failure) (${rate("application_gateway_refusals_total{$of}")})`,
          legend: "{{failure}}",
        },
      ],
    },
    {
      title: "APIs that fail most",
      description: "5xx per second. appconn logs --status 5xx shows the calls.",
      as: "table",
      unit: "reqps",
      width: 8,
      queries: [{ expr: `topk(20, sum by (application, service, entry) (${rate(of5xx)}))`, legend: "5xx" }],
    },
  ],
};

const limits: Row = {
  title: "Limits, breakers and tunnels",
  panels: [
    {
      title: "Kept out by limits",
      description: "Calls that a rate limit, a concurrency limit or a circuit breaker refused.",
      as: "bars",
      unit: "reqps",
      width: 6,
      queries: [
        {
          expr: `sum by (application, failure) (${rate(`application_gateway_refusals_total{$of,failure=~"${LIMITS}"}`)})`,
          legend: "{{application}} {{failure}}",
        },
      ],
    },
    {
      title: "Circuit breakers",
      description: "1 while an API's target is left alone.",
      as: "lines",
      width: 6,
      queries: [
        {
          expr: "max by (application, service, entry) (application_gateway_breaker_open{$of})",
          legend: "{{application}}/{{service}}/{{entry}}",
        },
      ],
    },
    {
      title: "Openings of breakers",
      description:
        "How often breakers opened within an hour. Many openings are a target that comes and goes.",
      as: "lines",
      width: 6,
      queries: [
        {
          expr: "sum by (application, service) (increase(application_gateway_breaker_openings_total{$of}[1h]))",
          legend: "{{application}}/{{service}}",
        },
      ],
    },
    {
      title: "Tunnels",
      description: "Upgraded connections: what they carry, and why they end.",
      as: "lines",
      width: 6,
      unit: "Bps",
      queries: [
        {
          expr: `sum by (direction) (${rate("application_gateway_tunnel_bytes_total{$at}")})`,
          legend: "{{direction}}",
        },
        {
          expr: `sum by (reason) (increase(application_gateway_tunnels_ended_total{$at}[$__rate_interval]))`,
          legend: "ended: {{reason}}",
        },
      ],
    },
  ],
};

/** What callers see. */
export const gatewayRows: readonly Row[] = [overview, golden, errors, limits];
