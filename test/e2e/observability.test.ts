import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, suite, test } from "node:test";
import { parse } from "yaml";
import { repositoryRoot } from "../architecture/source-files.ts";
import { dashboardQueries } from "../doubles/dashboard.ts";
import { eventually } from "../doubles/eventually.ts";
import { ObservedInstallation } from "../doubles/observed-installation.ts";
import { parseMetrics, type Family } from "../doubles/parse-metrics.ts";
import { Prometheus } from "../doubles/prometheus.ts";
import { askedSeries, groupingLabels } from "../doubles/promql.ts";
import { systemProgram } from "../tools/system-program.ts";
import { startProgram } from "./appconn-process.ts";

const rulesFile = join(repositoryRoot, "deploy/prometheus/rules.yaml");
const promtool = systemProgram("promtool", "prometheus");
const prometheusProgram = systemProgram("prometheus", "prometheus");

/** What Prometheus itself puts on every series. */
const OF_PROMETHEUS = ["job", "instance", "le"];

interface Asked {
  readonly where: string;
  readonly expr: string;
}

function alertQueries(): readonly Asked[] {
  const text = readFileSync(rulesFile, "utf8");
  const { groups } = parse(text) as { groups: { rules: { alert: string; expr: string }[] }[] };
  return groups.flatMap(({ rules }) => rules.map(({ alert, expr }) => ({ where: alert, expr })));
}

function panelQueries(): readonly Asked[] {
  return dashboardQueries("5s").map(({ panel, expr }) => ({ where: `panel "${panel}"`, expr }));
}

/** What a query asks for that no scrape has. */
function unknown({ where, expr }: Asked, families: ReadonlyMap<string, Family>): readonly string[] {
  const known = (family: string) => families.get(family)?.samples ?? [];
  const asked = askedSeries(expr);
  const missing = asked.flatMap(({ family, labels }) => {
    const present = new Set([
      ...OF_PROMETHEUS,
      ...known(family).flatMap((sample) => Object.keys(sample.labels)),
    ]);
    if (known(family).length === 0) return [family];
    return labels.filter((label) => !present.has(label)).map((label) => `${label} of ${family}`);
  });
  const all = new Set([
    ...OF_PROMETHEUS,
    ...asked.flatMap(({ family }) => known(family).flatMap((sample) => Object.keys(sample.labels))),
  ]);
  const grouped = groupingLabels(expr).filter((label) => !all.has(label));
  return [...missing, ...grouped].map((what) => `${where}: ${what}`);
}

/** The metrics of a server to which everything has happened, and the real Prometheus that scrapes them. */
suite("observability", () => {
  let observed: ObservedInstallation;

  before(async () => {
    observed = await ObservedInstallation.start();
    await observed.happened();
  });
  after(() => observed[Symbol.asyncDispose]());

  test("every metric and every label of the dashboard and of the alerts is in a scrape", async () => {
    const queries = [...panelQueries(), ...alertQueries()];
    // Events are written a little later than what they tell of.
    const families = await eventually(async () => {
      const scraped = parseMetrics(await observed.scrape());
      assert.deepEqual(
        queries.flatMap((query) => unknown(query, scraped)),
        [],
      );
      return scraped;
    });
    // The check itself finds what is not there.
    const wrong = {
      where: "x",
      expr: 'sum by (colour) (appconn_nothing{a="b"}) + appconn_admin_inflight{shop="1"}',
    };
    assert.deepEqual(unknown(wrong, families), [
      "x: appconn_nothing",
      "x: shop of appconn_admin_inflight",
      "x: colour",
    ]);
  });

  test(
    "promtool finds nothing wrong with a scrape but names that others gave",
    { skip: promtool.skip },
    async () => {
      const checking = startProgram([promtool.path ?? "", "check", "metrics"]);
      checking.process.stdin.end(await observed.scrape());
      const { stderr } = await checking.ended;
      const lines = stderr.trimEnd().split("\n");
      // Names of the original and of prom-client; and whoever is told of days needs no arithmetic.
      const others =
        /^(connector_service|application_registry)_endpoints_responses |^nodejs_active_\w+ |_days_left /;
      assert.ok(lines.length > 3, stderr);
      assert.deepEqual(
        lines.filter((line) => !others.test(line)),
        [],
      );
    },
  );

  test(
    "Prometheus has an answer to every panel, and evaluates every alert",
    { skip: prometheusProgram.skip },
    async () => {
      const { path = "" } = prometheusProgram;
      await using prometheus = await Prometheus.start({ path, target: observed.address, rules: rulesFile });
      let left = panelQueries();
      await eventually(
        async () => {
          const answers = await Promise.all(
            left.map(async ({ expr }) => (await prometheus.query(expr)).length),
          );
          left = left.filter((_, index) => answers[index] === 0);
          assert.deepEqual(left, []);
        },
        { timeout: 90_000 },
      );
      await eventually(
        async () => {
          const rules = await prometheus.rules();
          assert.equal(rules.length, alertQueries().length);
          const unwell = rules
            .filter(({ health }) => health !== "ok")
            .map(({ name, lastError }) => [name, lastError]);
          assert.deepEqual(unwell, []);
        },
        { timeout: 60_000 },
      );
      const [breaker] = await prometheus.query('ALERTS{alertname="AppconnBreakerOpen"}');
      assert.equal(breaker?.metric["application"], "broken");
    },
  );
});
