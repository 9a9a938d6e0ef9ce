import type { Line } from "../line.ts";
import type { Limit } from "./limit.ts";

/** The promises of the gateway that a benchmark can show, in the order in which they are printed. */
export const limits: readonly Limit[] = [
  {
    name: "small GET with Basic, 64 connections, requests/s",
    comparison: "at least",
    bound: 0.45,
    unit: " × nginx",
    measured: figure("ratio_nginx", { name: "basic", concurrency: 64 }),
  },
  {
    name: "small GET with Basic, 64 connections, p99",
    comparison: "at most",
    bound: 3,
    unit: " × nginx",
    measured: figure("p99_ratio_nginx", { name: "basic", concurrency: 64 }),
  },
  {
    name: "warm stages ①–④, slowest of the shapes",
    comparison: "at most",
    bound: 20,
    unit: " µs",
    measured: highest("median_us", "pipeline-1x1", "pipeline-10000x5", "pipeline-10000x5-all"),
  },
  {
    name: "warm stages of one API, 10 000 × 5 against 1 × 1",
    comparison: "at most",
    bound: 1.1,
    unit: " times",
    measured: figure("ratio_1x1", { name: "pipeline-10000x5" }),
  },
  {
    name: "rate, concurrency and circuit breaker of an API, what they add to a call",
    comparison: "at most",
    bound: 2,
    unit: " µs",
    measured: figure("added_us", { name: "pipeline-limited" }),
  },
  {
    name: "growth while 1 GiB goes down",
    comparison: "below",
    bound: 64,
    unit: " MiB",
    measured: figure("rss_growth_mib", { name: "stream-down" }),
  },
  {
    name: "growth while 1 GiB goes up",
    comparison: "below",
    bound: 64,
    unit: " MiB",
    measured: figure("rss_growth_mib", { name: "stream-up" }),
  },
  {
    name: "idle, one Application",
    comparison: "at most",
    bound: 160,
    unit: " MiB",
    measured: figure("rss_mib", { name: "idle" }),
  },
  {
    name: "5000 idle WebSockets",
    comparison: "at most",
    bound: 512,
    unit: " MiB",
    measured: figure("rss_mib", { name: "web-sockets" }),
  },
  {
    name: "small GET with Basic by two workers, processor time of a call",
    comparison: "at most",
    bound: 1.15,
    unit: " × one process",
    measured: figure("cpu_ratio_one", { name: "two-workers", concurrency: 64 }),
  },
  {
    name: "share of the calls that the busier of two workers serves",
    comparison: "at most",
    bound: 0.6,
    unit: "",
    measured: figure("largest_share", { name: "two-workers", concurrency: 64 }),
  },
  {
    name: "changed Secret shows in both of two workers, slowest",
    comparison: "at most",
    bound: 250,
    unit: " ms",
    measured: figure("milliseconds", { name: "changed-secret-two-workers" }),
  },
  {
    name: "10 000 idle WebSockets over two workers, all processes",
    comparison: "at most",
    bound: 1024,
    unit: " MiB",
    measured: figure("rss_mib", { name: "web-sockets-two-workers" }),
  },
  {
    name: "idle, 10 000 × 5 APIs, just loaded or started with",
    comparison: "at most",
    bound: 400,
    unit: " MiB",
    measured: highest("rss_mib", "estate-loaded", "estate-idle"),
  },
  {
    name: "token requests for 1000 callers at once",
    comparison: "exactly",
    bound: 1,
    unit: "",
    exact: true,
    measured: figure("token_requests", { name: "cold-token" }),
  },
  {
    name: "failed calls among the 1000 callers",
    comparison: "exactly",
    bound: 0,
    unit: "",
    exact: true,
    measured: figure("failed", { name: "cold-token" }),
  },
  {
    name: "changed Secret or Application takes effect, slowest",
    comparison: "at most",
    bound: 250,
    unit: " ms",
    measured: highest("milliseconds", "changed-secret", "changed-application"),
  },
  {
    name: "deleted Secret or Application is refused, slowest",
    comparison: "at most",
    bound: 250,
    unit: " ms",
    measured: highest("milliseconds", "deleted-secret", "deleted-application"),
  },
  {
    name: "failed calls during changes",
    comparison: "exactly",
    bound: 0,
    unit: "",
    exact: true,
    measured: figure("failed", { name: "changes-under-load" }),
  },
  {
    name: "warm start until the first answered call",
    comparison: "below",
    bound: 1,
    unit: " s",
    measured: figure("seconds", { name: "warm-start" }),
  },
  {
    name: "mutual TLS, requests through ingress and validator per core",
    comparison: "at least",
    bound: 0.6,
    unit: " × node:https",
    measured: shareOfNode({ contender: "ingress", name: "mutual-requests", concurrency: 64 }),
  },
  {
    name: "mutual TLS, full handshakes per core",
    comparison: "at least",
    bound: 0.8,
    unit: " × node:tls",
    measured: shareOfNode({ contender: "ingress", name: "mutual-handshakes", concurrency: 16 }),
  },
  {
    name: "requests with 100 000 revocations against none",
    comparison: "at most",
    bound: 2,
    unit: " µs more",
    measured: figure("revoked_us", { contender: "ingress", name: "mutual-requests", concurrency: 64 }),
  },
  {
    name: "look-up among 100 000 revocations, slower of hit and miss",
    comparison: "at most",
    bound: 2,
    unit: " µs",
    measured: (lines) => {
      const [hit, miss] = ["hit_us", "miss_us"].map((key) =>
        figure(key, { name: "revocations-100000" })(lines),
      );
      return hit === undefined || miss === undefined ? undefined : Math.max(hit, miss);
    },
  },
  {
    name: "requests for certificates (EC) signed by the connector per core",
    comparison: "at least",
    bound: 150,
    unit: "/s",
    measured: figure("per_cpu_s", { name: "sign-ec", concurrency: 4 }),
  },
  {
    name: "revoked certificate is refused on open connections, slowest",
    comparison: "at most",
    bound: 1000,
    unit: " ms",
    measured: figure("milliseconds", { name: "revoked-certificate" }),
  },
  {
    // The server has one core; checks and search follow behind everything else (per_cpu_s has them too).
    name: "registrations with 50 KB of OpenAPI answered by one core, 16 at once",
    comparison: "at least",
    bound: 300,
    unit: "/s",
    measured: figure("per_s", { name: "register", concurrency: 16 }),
  },
  {
    name: "reading one of 1000 services of an Application, p99",
    comparison: "at most",
    bound: 2000,
    unit: " µs",
    measured: figure("p99_us", { name: "read-of-1000", concurrency: 1 }),
  },
  {
    name: "listing an Application among 10 000 services, slowest",
    comparison: "at most",
    bound: 100,
    unit: " ms",
    measured: figure("milliseconds", { name: "list-estate" }),
  },
  {
    name: "registered API can be called, slowest",
    comparison: "at most",
    bound: 250,
    unit: " ms",
    measured: figure("milliseconds", { name: "registered-callable" }),
  },
  {
    name: "Applications created by 64 clients of the admin API",
    comparison: "at least",
    bound: 1000,
    unit: "/s",
    measured: figure("per_s", { name: "create-applications", concurrency: 64 }),
  },
  {
    name: "Secrets created by 64 clients of the admin API",
    comparison: "at least",
    bound: 1000,
    unit: "/s",
    measured: figure("per_s", { name: "create-secrets", concurrency: 64 }),
  },
  {
    name: "list of 10 000 Applications, slower of JSON and Table",
    comparison: "at most",
    bound: 300,
    unit: " ms",
    measured: highest("milliseconds", "list-applications", "list-applications-table"),
  },
  {
    name: "500 watches are told of a change at rest, slowest",
    comparison: "at most",
    bound: 250,
    unit: " ms",
    measured: figure("milliseconds", { name: "watches-at-rest", concurrency: 500 }),
  },
  {
    name: "the same while 64 clients create Secrets, slowest",
    comparison: "at most",
    bound: 250,
    unit: " ms",
    measured: figure("milliseconds", { name: "watches-others-created", concurrency: 500 }),
  },
  {
    name: "the same while 64 clients create what is watched, slowest",
    comparison: "at most",
    bound: 250,
    unit: " ms",
    measured: figure("milliseconds", { name: "watches-created", concurrency: 500 }),
  },
];

interface Place {
  /** `gateway` where absent. */
  readonly contender?: string;
  readonly name: string;
  readonly concurrency?: number;
}

function figure(key: string, { contender = "gateway", name, concurrency }: Place): Limit["measured"] {
  return (lines) => {
    const line = lines.find(
      (candidate) =>
        candidate.contender === contender && candidate.case === name && candidate.concurrency === concurrency,
    );
    return line?.figures[key];
  };
}

/** By processor time: the load, which has a core of its own, may be what limits the figures per second. */
function shareOfNode(place: Place): Limit["measured"] {
  return (lines) => {
    const times = figure("cpu_ratio_node", place)(lines);
    return times === undefined ? undefined : 1 / times;
  };
}

/** Undefined unless every one of the cases was measured. */
function highest(key: string, ...names: readonly string[]): Limit["measured"] {
  return (lines: readonly Line[]) => {
    const values = names.map((name) => figure(key, { name })(lines));
    return values.some((value) => value === undefined)
      ? undefined
      : Math.max(...values.filter((value) => value !== undefined));
  };
}
