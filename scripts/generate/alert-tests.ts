import { readFileSync } from "node:fs";
import { parse, stringify } from "yaml";
import { alertCases, type AlertCase } from "./alert-cases.ts";
import type { GeneratedFile } from "./generated-file.ts";

interface Rule {
  readonly alert: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

const HEAD = `# Generated from scripts/generate/alert-cases.ts. For each alert, when it fires and when it does not.\n`;

/** The unit tests of the alert rules, for promtool. */
export function alertTests(): readonly GeneratedFile[] {
  const source = new URL("../../deploy/prometheus/rules.yaml", import.meta.url);
  const { groups } = parse(readFileSync(source, "utf8")) as { groups: { rules: Rule[] }[] };
  const tests = groups.flatMap(({ rules }) => rules).flatMap((rule) => testsOf(rule, caseOf(rule)));
  const file = { rule_files: ["rules.yaml"], evaluation_interval: "1m", tests };
  return [{ path: "deploy/prometheus/rules.test.yaml", text: HEAD + stringify(file, { lineWidth: 0 }) }];
}

function caseOf({ alert }: Rule): AlertCase {
  const found = alertCases[alert];
  if (!found) throw new Error(`no case says when ${alert} fires`);
  return found;
}

function testsOf(rule: Rule, { labels, fires, at, silent }: AlertCase): readonly object[] {
  const { alert } = rule;
  const fired = {
    exp_labels: { ...labels, ...rule.labels },
    exp_annotations: Object.fromEntries(
      Object.entries(rule.annotations).map(([name, text]) => [name, rendered(text, labels)]),
    ),
  };
  const test = (says: string, series: AlertCase["fires"], alerts: readonly object[]) => ({
    name: `${alert} ${says}`,
    interval: "1m",
    input_series: Object.entries(series).map(([name, values]) => ({ series: name, values })),
    alert_rule_test: [{ eval_time: `${at}m`, alertname: alert, exp_alerts: alerts }],
  });
  return [test("fires", fires, [fired]), test("is silent", silent, [])];
}

/** As Prometheus does it; the rules use nothing else of its templates. */
function rendered(text: string, labels: Readonly<Record<string, string>>): string {
  return text.replace(/\{\{ \$labels\.(\w+) \}\}/g, (_, name: string) => labels[name] ?? "");
}
