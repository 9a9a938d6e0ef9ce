import { quantile, rate } from "./expressions.ts";
import type { Panel, Row } from "./panel.ts";

const credentials: Row = {
  title: "Tokens and certificates",
  panels: [
    {
      title: "Token requests",
      description: "Requests to token and CSRF endpoints. Failures are in the log with their reasons.",
      as: "lines",
      unit: "reqps",
      width: 6,
      queries: [
        {
          expr: `sum by (type, result) (${rate("application_gateway_token_fetch_total{$at}")})`,
          legend: "{{type}} {{result}}",
        },
      ],
    },
    {
      title: "Tokens that were there",
      description: "Part of the calls that found the token they needed. The others waited for one.",
      as: "lines",
      unit: "percentunit",
      width: 6,
      queries: [
        {
          expr: `sum by (cache) (${rate("application_gateway_cache_hits_total{$at}")}) / (sum by (cache) (${rate("application_gateway_cache_hits_total{$at}")}) + sum by (cache) (${rate("application_gateway_cache_misses_total{$at}")}))`,
          legend: "{{cache}}",
        },
      ],
    },
    {
      title: "Calls made again",
      description: "Calls repeated, after a token was refused or as the retry settings say.",
      as: "lines",
      unit: "reqps",
      width: 6,
      queries: [
        {
          expr: `sum by (application) (${rate("application_gateway_retries_total{$of}")})`,
          legend: "{{application}}",
        },
      ],
    },
    {
      title: "Ends of certificates",
      description: "Days left: clients, generated certificates of services, and the authority itself.",
      as: "table",
      unit: "d",
      width: 6,
      thresholds: [14, 3],
      isLowBad: true,
      queries: [
        {
          expr: "sort(min by (application) (appconn_client_certificate_days_left{$of}))",
          legend: "client",
        },
        {
          expr: "sort(min by (application, service) (appconn_service_certificate_days_left{$of}))",
          legend: "service",
        },
        { expr: "min by (instance) (appconn_client_authority_days_left{$at})", legend: "authority" },
      ],
    },
  ],
};

const endpoints = (component: string, who: string, width: number): readonly Panel[] => [
  {
    title: `${who}: answers`,
    description: `Answers of the ${who.toLowerCase()} per second, by status.`,
    as: "bars",
    unit: "reqps",
    width,
    queries: [
      {
        expr: `sum by (endpoint, status) (${rate(`${component}_endpoints_responses{$at}`)})`,
        legend: "{{status}} {{endpoint}}",
      },
    ],
  },
  {
    title: `${who}: durations`,
    description: `99.5 % of the answers of the ${who.toLowerCase()} within ten minutes took at most this long.`,
    as: "lines",
    unit: "s",
    width,
    queries: [
      {
        expr: `max by (endpoint) (${component}_endpoints_duration{$at,quantile="0.995"})`,
        legend: "{{endpoint}}",
      },
    ],
  },
];

const entrances: Row = {
  title: "Ingress, connector and registry",
  panels: [
    {
      title: "Ingress: answers",
      description: "Requests of external systems, by listener and status.",
      as: "bars",
      unit: "reqps",
      width: 6,
      queries: [
        {
          expr: `sum by (listener, code) (${rate("appconn_ingress_requests_total{$at}")})`,
          legend: "{{listener}} {{code}}",
        },
      ],
    },
    {
      title: "Ingress: refused",
      description: "Requests that the ingress refused, and TLS handshakes that came to nothing, by reason.",
      as: "bars",
      unit: "reqps",
      width: 6,
      queries: [
        {
          expr: `sum by (failure) (${rate("appconn_ingress_refusals_total{$at}")})`,
          legend: "{{failure}}",
        },
        {
          expr: `sum by (reason) (${rate("appconn_ingress_handshakes_refused_total{$at}")})`,
          legend: "handshake: {{reason}}",
        },
      ],
    },
    {
      title: "Ingress: connections",
      description: "Connections of external systems that are open.",
      as: "lines",
      width: 6,
      queries: [{ expr: "sum by (listener) (appconn_ingress_connections{$at})", legend: "{{listener}}" }],
    },
    {
      title: "Specifications fetched again",
      description: "What came of them within an hour.",
      as: "bars",
      width: 6,
      queries: [
        {
          expr: "sum by (outcome) (increase(appconn_registry_specification_refreshes_total{$at}[1h]))",
          legend: "{{outcome}}",
        },
      ],
    },
    ...endpoints("connector_service", "Connector", 6),
    ...endpoints("application_registry", "Registry", 6),
  ],
};

const administration: Row = {
  title: "Admin API and store",
  panels: [
    {
      title: "Requests",
      description: "Requests to the admin API per second, by verb.",
      as: "lines",
      unit: "reqps",
      width: 6,
      queries: [{ expr: `sum by (verb) (${rate("appconn_admin_requests_total{$at}")})`, legend: "{{verb}}" }],
    },
    {
      title: "Refused requests",
      description: "401: no valid token; 403: not allowed; 409: conflicts; 429: too many at once.",
      as: "bars",
      unit: "reqps",
      width: 6,
      queries: [
        {
          expr: `sum by (code, resource) (${rate('appconn_admin_requests_total{$at,code=~"[45].."}')})`,
          legend: "{{code}} {{resource}}",
        },
      ],
    },
    {
      title: "Durations",
      description: "All answers but the slowest hundredth take at most this long.",
      as: "lines",
      unit: "s",
      width: 6,
      queries: [
        {
          expr: quantile(0.99, "appconn_admin_request_duration_seconds_bucket{$at}", "verb"),
          legend: "{{verb}}",
        },
      ],
    },
    {
      title: "Open",
      description: "Watches and streams by what they watch, and requests that are being answered.",
      as: "lines",
      width: 6,
      queries: [
        { expr: "sum by (resource) (appconn_admin_watches{$at})", legend: "{{resource}}" },
        { expr: "sum(appconn_admin_inflight{$at})", legend: "requests" },
      ],
    },
    {
      title: "Writes and commits",
      description: "Changes per second, and commits: several changes share one where many come at once.",
      as: "lines",
      unit: "ops",
      width: 6,
      queries: [
        {
          expr: `sum by (instance) (${rate("appconn_store_writes_total{$at}")})`,
          legend: "writes {{instance}}",
        },
        {
          expr: `sum by (instance) (${rate("appconn_store_commit_duration_seconds_count{$at}")})`,
          legend: "commits {{instance}}",
        },
      ],
    },
    {
      title: "Commits: durations",
      description: "How long the disk takes: half of the commits, and all but a hundredth.",
      as: "lines",
      unit: "s",
      width: 6,
      queries: [
        { expr: quantile(0.5, "appconn_store_commit_duration_seconds_bucket{$at}"), legend: "p50" },
        { expr: quantile(0.99, "appconn_store_commit_duration_seconds_bucket{$at}"), legend: "p99" },
      ],
    },
    {
      title: "Waiting for the store",
      description: "Requests without an answer yet.",
      as: "lines",
      width: 6,
      queries: [{ expr: "sum by (instance) (appconn_store_waiting{$at})", legend: "{{instance}}" }],
    },
    {
      title: "Size of the store",
      description: "Of its file, and of the log of SQLite beside it.",
      as: "lines",
      unit: "bytes",
      width: 6,
      queries: [
        { expr: "sum by (instance, file) (appconn_store_bytes{$at})", legend: "{{file}} {{instance}}" },
      ],
    },
  ],
};

const notices: Row = {
  title: "What was noticed",
  panels: [
    {
      title: "Warnings by reason",
      description:
        "What was noticed and somebody should look at, within an hour. kubectl get events -A and appconn describe name the objects; docs/reference/events.md says what to do about each reason.",
      as: "bars",
      width: 12,
      queries: [
        {
          expr: 'sum by (reason) (increase(appconn_notices_total{$at,type="Warning"}[1h]))',
          legend: "{{reason}}",
        },
      ],
    },
    {
      title: "Events",
      description:
        "Writes of Events per second: written, failed where the store took none, lost where there were too many.",
      as: "lines",
      unit: "ops",
      width: 6,
      queries: [{ expr: `sum by (result) (${rate("appconn_events_total{$at}")})`, legend: "{{result}}" }],
    },
    {
      title: "Refused tokens of the admin API",
      description:
        "Requests whose token is unknown, expired or revoked. A program that still uses an old one shows here, and so does somebody who tries.",
      as: "bars",
      unit: "reqps",
      width: 6,
      queries: [
        {
          expr: `sum by (reason) (${rate("appconn_admin_tokens_refused_total{$at}")})`,
          legend: "{{reason}}",
        },
      ],
    },
  ],
};

const workers: Row = {
  title: "Workers",
  panels: [
    {
      title: "Workers: calls",
      description: "Calls per second that each worker serves. Empty where one process does everything.",
      as: "lines",
      unit: "reqps",
      width: 6,
      queries: [
        {
          expr: `sum by (instance, worker) (${rate("appconn_worker_calls_total{$at}")})`,
          legend: "{{worker}} {{instance}}",
        },
      ],
    },
    {
      title: "Workers: connections",
      description: "Connections of callers that each worker has. A new one goes to the worker with fewest.",
      as: "lines",
      width: 6,
      queries: [
        {
          expr: "sum by (instance, worker) (appconn_worker_connections{$at})",
          legend: "{{worker}} {{instance}}",
        },
      ],
    },
    {
      title: "Workers that serve",
      description: "Of those that there should be. The others are about to be replaced.",
      as: "lines",
      width: 6,
      queries: [
        { expr: "sum by (instance) (appconn_worker_ready{$at})", legend: "serving {{instance}}" },
        { expr: "count by (instance) (appconn_worker_ready{$at})", legend: "wanted {{instance}}" },
      ],
    },
    {
      title: "Workers: replaced",
      description: "How many ended unasked within an hour, and how. The log says more about each.",
      as: "bars",
      width: 6,
      queries: [
        {
          expr: "sum by (instance, reason) (increase(appconn_worker_replacements_total{$at}[1h]))",
          legend: "{{reason}} {{instance}}",
        },
      ],
    },
  ],
};

const processes: Row = {
  title: "Processes",
  panels: [
    {
      title: "CPU",
      description: "Cores that are used.",
      as: "lines",
      width: 6,
      queries: [
        { expr: `sum by (instance) (${rate("process_cpu_seconds_total{$at}")})`, legend: "{{instance}}" },
      ],
    },
    {
      title: "Memory",
      description: "What the operating system gave, and what JavaScript has in use of it.",
      as: "lines",
      unit: "bytes",
      width: 6,
      queries: [
        { expr: "sum by (instance) (process_resident_memory_bytes{$at})", legend: "resident {{instance}}" },
        { expr: "sum by (instance) (nodejs_heap_size_used_bytes{$at})", legend: "heap {{instance}}" },
      ],
    },
    {
      title: "Event loop",
      description: "How late it comes: every call waits for it.",
      as: "lines",
      unit: "s",
      width: 6,
      queries: [
        { expr: "max by (instance) (nodejs_eventloop_lag_p99_seconds{$at})", legend: "p99 {{instance}}" },
        {
          expr: `sum by (instance) (${rate("nodejs_gc_duration_seconds_sum{$at}")})`,
          legend: "collecting garbage, per second {{instance}}",
        },
      ],
    },
    {
      title: "Files and lost lines",
      description:
        "File descriptors in use, of those that a process may have, where it is most; log lines that were lost within an hour.",
      as: "lines",
      width: 6,
      queries: [
        {
          expr: "max by (instance) (process_open_fds{$at} / process_max_fds{$at})",
          legend: "descriptors {{instance}}",
        },
        {
          expr: "sum by (instance, destination) (increase(appconn_log_lines_dropped_total{$at}[1h]))",
          legend: "lost {{destination}} {{instance}}",
        },
      ],
    },
  ],
};

/** What calls stand on. */
export const otherRows: readonly Row[] = [
  credentials,
  entrances,
  administration,
  notices,
  processes,
  workers,
];
