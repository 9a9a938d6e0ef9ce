import assert from "node:assert/strict";
import { test } from "node:test";
import type { Line } from "../../../bench/line.ts";
import { conclude } from "../../../bench/limits/conclusion.ts";
import { isKept, type Limit } from "../../../bench/limits/limit.ts";
import { limits } from "../../../bench/limits/limits.ts";
import { formatVerdicts, judge } from "../../../bench/limits/verdict.ts";
import { readOptions, type BenchOptions } from "../../../bench/options.ts";

const line = (name: string, figures: Line["figures"], concurrency?: number): Line => ({
  contender: "gateway",
  case: name,
  figures,
  ...(concurrency === undefined ? {} : { concurrency }),
});

/** What a run prints that is just good enough. */
const good: readonly Line[] = [
  line("basic", { ratio_nginx: 9, p99_ratio_nginx: 0.1 }, 1),
  { ...line("basic", { ratio_nginx: 9, p99_ratio_nginx: 0.1 }, 64), contender: "haproxy" },
  line("basic", { ratio_nginx: 0.45, p99_ratio_nginx: 3 }, 64),
  line("pipeline-1x1", { median_us: 1 }),
  line("pipeline-10000x5", { median_us: 1.1, ratio_1x1: 1.1 }),
  line("pipeline-10000x5-all", { median_us: 20, ratio_1x1: 20 }),
  line("pipeline-limited", { median_us: 30, added_us: 2 }),
  line("stream-down", { rss_growth_mib: 63.9 }),
  line("stream-up", { rss_growth_mib: 63.9 }),
  line("idle", { rss_mib: 160 }),
  line("web-sockets", { failed: 0, rss_mib: 512 }),
  line("two-workers", { cpu_ratio_one: 1.15, largest_share: 0.6 }, 64),
  line("changed-secret-two-workers", { milliseconds: 250 }),
  line("web-sockets-two-workers", { failed: 0, rss_mib: 1024 }),
  line("estate-loaded", { rss_mib: 400 }),
  line("estate-idle", { rss_mib: 399 }),
  line("cold-token", { token_requests: 1, failed: 0 }),
  line("changed-secret", { milliseconds: 250 }),
  line("changed-application", { milliseconds: 1 }),
  line("deleted-secret", { milliseconds: 1 }),
  line("deleted-application", { milliseconds: 250 }),
  line("changes-under-load", { failed: 0 }),
  line("warm-start", { seconds: 0.999 }),
  {
    ...line("mutual-requests", { cpu_ratio_node: 1 / 0.6, revoked_us: 2, ratio_node: 0.1 }, 64),
    contender: "ingress",
  },
  {
    ...line("mutual-requests", { cpu_ratio_node: 9, revoked_us: 9, ratio_node: 0.1 }, 64),
    contender: "ingress-none",
  },
  { ...line("mutual-handshakes", { cpu_ratio_node: 1.25, ratio_node: 0.1 }, 16), contender: "ingress" },
  line("revocations-100000", { hit_us: 2, miss_us: 1 }),
  line("sign-ec", { per_s: 1, per_cpu_s: 150 }, 4),
  line("revoked-certificate", { milliseconds: 1000 }),
  line("register", { per_s: 1, per_cpu_s: 1 }, 1),
  line("register", { per_s: 300, per_cpu_s: 1 }, 16),
  line("register-at-1000", { per_s: 1, per_cpu_s: 1 }, 1),
  line("read-of-1000", { p50_us: 1, p99_us: 2000 }, 1),
  line("list-estate", { milliseconds: 100 }),
  line("registered-callable", { milliseconds: 250 }),
  line("create-applications", { per_s: 1000 }, 64),
  line("create-secrets", { per_s: 1000 }, 64),
  line("list-applications", { milliseconds: 300 }),
  line("list-applications-table", { milliseconds: 1 }),
  line("watches-at-rest", { milliseconds: 250 }, 500),
  line("watches-others-created", { milliseconds: 250 }, 500),
  line("watches-created", { milliseconds: 250 }, 500),
];

/** The same with one case's figures exchanged; without `concurrency` those of all but one connection. */
const but = (name: string, figures: Line["figures"], concurrency?: number) =>
  good.map((each) =>
    each.case === name &&
    ["gateway", "ingress"].includes(each.contender) &&
    (concurrency === undefined ? each.concurrency !== 1 : each.concurrency === concurrency)
      ? { ...each, figures: { ...each.figures, ...figures } }
      : each,
  );

const missed = (lines: readonly Line[]) =>
  judge(limits, lines)
    .filter(({ kept }) => !kept)
    .map(({ limit }) => limit.name);

test("limits - a run that is just good enough misses none", () => {
  assert.deepEqual(missed(good), []);
});

test("limits - each is missed by its own figure alone", () => {
  const worse: readonly (readonly [string, Line["figures"], concurrency?: number])[] = [
    ["basic", { ratio_nginx: 0.449 }],
    ["basic", { p99_ratio_nginx: 3.01 }],
    ["pipeline-10000x5-all", { median_us: 20.1 }],
    ["pipeline-10000x5", { ratio_1x1: 1.11 }],
    ["pipeline-limited", { added_us: 2.01 }],
    ["stream-down", { rss_growth_mib: 64 }],
    ["stream-up", { rss_growth_mib: 64 }],
    ["idle", { rss_mib: 161 }],
    ["web-sockets", { rss_mib: 513 }],
    ["two-workers", { cpu_ratio_one: 1.151 }],
    ["two-workers", { largest_share: 0.601 }],
    ["changed-secret-two-workers", { milliseconds: 250.1 }],
    ["web-sockets-two-workers", { rss_mib: 1025 }],
    ["estate-idle", { rss_mib: 401 }],
    ["cold-token", { token_requests: 2 }],
    ["cold-token", { failed: 1 }],
    ["changed-application", { milliseconds: 251 }],
    ["deleted-secret", { milliseconds: 251 }],
    ["changes-under-load", { failed: 1 }],
    ["warm-start", { seconds: 1 }],
    ["mutual-requests", { cpu_ratio_node: 1.67 }],
    ["mutual-handshakes", { cpu_ratio_node: 1.26 }],
    ["mutual-requests", { revoked_us: 2.01 }],
    ["revocations-100000", { miss_us: 2.01 }],
    ["sign-ec", { per_cpu_s: 149 }],
    ["revoked-certificate", { milliseconds: 1001 }],
    ["register", { per_s: 299 }, 16],
    ["read-of-1000", { p99_us: 2001 }, 1],
    ["list-estate", { milliseconds: 101 }],
    ["registered-callable", { milliseconds: 251 }],
    ["create-applications", { per_s: 999 }],
    ["create-secrets", { per_s: 999 }],
    ["list-applications-table", { milliseconds: 301 }],
    ["watches-at-rest", { milliseconds: 251 }],
    ["watches-others-created", { milliseconds: 251 }],
    ["watches-created", { milliseconds: 251 }],
  ];
  assert.deepEqual(
    worse.map(([name, figures, concurrency]) => missed(but(name, figures, concurrency))),
    limits.map(({ name }) => [name]),
  );
});

test("limits - what was not measured is not kept", () => {
  assert.deepEqual(
    missed([]),
    limits.map(({ name }) => name),
  );
  const half = good.filter(({ case: name }) => name !== "changed-secret");
  assert.deepEqual(missed(half), ["changed Secret or Application takes effect, slowest"]);
});

test("limits - a figure that is no number keeps no limit", () => {
  for (const limit of limits) assert.equal(isKept(limit, Number.NaN), false, limit.name);
});

test("limits - the table tells target, figure and verdict of each", () => {
  const rule = { unit: " ms", measured: (lines: readonly Line[]) => lines[0]?.figures["milliseconds"] };
  const some: readonly Limit[] = [
    { ...rule, name: "quick", comparison: "at most", bound: 250 },
    { ...rule, name: "quicker than that", comparison: "below", bound: 40 },
    { ...rule, name: "unseen", comparison: "exactly", bound: 0, measured: () => undefined },
  ];
  const table = formatVerdicts(judge(some, [line("any", { milliseconds: 41.25 })]));
  assert.equal(
    table,
    [
      "limit              target          measured",
      "quick              at most 250 ms  41.3 ms       ok",
      "quicker than that  below 40 ms     41.3 ms       MISSED",
      "unseen             exactly 0 ms    not measured  MISSED",
    ].join("\n"),
  );
});

function optionsOf(...parameters: string[]): BenchOptions {
  const options = readOptions(parameters);
  assert.ok(options);
  return options;
}

test("conclusion - a full run misses what it did not measure, a part is judged by what it did", () => {
  assert.equal(conclude(good, optionsOf()).missed, 0);
  assert.equal(conclude([], optionsOf()).missed, limits.length);
  const part = conclude(but("idle", { rss_mib: 161 }).slice(0, 10), optionsOf("--case", "idle"));
  assert.equal(part.missed, 1);
  assert.doesNotMatch(part.text, /not measured/);
  assert.deepEqual(conclude([], optionsOf("--case", "target")), { missed: 0, text: "" });
});

test("conclusion - a smoke run is bound by counts alone", () => {
  const smoke = optionsOf("--smoke");
  assert.equal(conclude(but("warm-start", { seconds: 3 }), smoke).missed, 0);
  assert.equal(conclude(but("cold-token", { token_requests: 2 }), smoke).missed, 1);
  assert.equal(conclude(but("changes-under-load", { failed: 1 }), smoke).missed, 1);
});

test("conclusion - it tells when others used the proxy's core", () => {
  assert.doesNotMatch(conclude(but("basic", { other_load: 0.09 }), optionsOf()).text, /other_load/);
  assert.match(conclude(but("basic", { other_load: 0.11 }), optionsOf()).text, /during 1 of 1 measurements/);
});
