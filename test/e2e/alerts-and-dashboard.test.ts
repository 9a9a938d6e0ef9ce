import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { parse } from "yaml";
import { repositoryRoot } from "../architecture/source-files.ts";
import { dashboardQueries, readDashboard } from "../doubles/dashboard.ts";
import { TemporaryDirectory } from "../doubles/temporary-directory.ts";
import { systemProgram } from "../tools/system-program.ts";
import { startProgram } from "./appconn-process.ts";

const folder = join(repositoryRoot, "deploy/prometheus");
const promtool = systemProgram("promtool", "prometheus");

interface Rule {
  readonly alert: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

function rules(): readonly Rule[] {
  const text = readFileSync(join(folder, "rules.yaml"), "utf8");
  return (parse(text) as { groups: { rules: Rule[] }[] }).groups.flatMap((group) => group.rules);
}

async function runPromtool(...words: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await startProgram([promtool.path ?? "", ...words], { cwd: folder }).ended;
  assert.equal(code, 0, stdout + stderr);
  return stdout + stderr;
}

test(
  "alerts - promtool reads the rules, and each alert fires and is silent when its tests say",
  { skip: promtool.skip },
  async () => {
    assert.match(await runPromtool("check", "rules", "rules.yaml"), /SUCCESS: \d+ rules found/);
    assert.match(await runPromtool("test", "rules", "rules.test.yaml"), /SUCCESS/);
    const text = readFileSync(join(folder, "rules.test.yaml"), "utf8");
    const names = (parse(text) as { tests: { name: string }[] }).tests.map(({ name }) => name);
    const expected = rules().flatMap(({ alert }) => [`${alert} fires`, `${alert} is silent`]);
    assert.deepEqual(names, expected);
  },
);

test("alerts - each has a severity, says what is wrong, and has a section in the reference that its link leads to", () => {
  const page = readFileSync(join(repositoryRoot, "docs/reference/alerts.md"), "utf8");
  const sections = [...page.matchAll(/^### (\w+)\n\n([^#]+)/gm)];
  assert.deepEqual(
    sections.map(([, name]) => name),
    rules().map(({ alert }) => alert),
  );
  for (const { alert, labels, annotations } of rules()) {
    assert.match(labels["severity"] ?? "", /^(warning|critical)$/, alert);
    assert.ok((annotations["summary"] ?? "").length > 10, alert);
    assert.ok((annotations["description"] ?? "").endsWith("."), alert);
    assert.equal(annotations["runbook_url"], `docs/reference/alerts.md#${alert.toLowerCase()}`);
  }
});

test("dashboard - every panel has an id, a place and a data source of its own, and Grafana's variables are there", () => {
  const { panels, templating, schemaVersion } = readDashboard();
  assert.ok(schemaVersion >= 39);
  assert.deepEqual(
    templating.list.map(({ name }) => name),
    ["datasource", "job", "instance", "application"],
  );
  assert.equal(new Set(panels.map(({ id }) => id)).size, panels.length);
  for (const [index, one] of panels.entries()) {
    const { gridPos: a, title } = one;
    assert.ok(a.x >= 0 && a.x + a.w <= 24, title);
    for (const other of panels.slice(index + 1)) {
      const { gridPos: b } = other;
      const overlaps = a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;
      assert.ok(!overlaps, `${title} lies over ${other.title}`);
    }
    if (one.type === "row") continue;
    assert.equal(one.datasource?.uid, "${datasource}", title);
    assert.ok(one.targets && one.targets.length > 0, title);
  }
});

test("dashboard - promtool reads the query of every panel", { skip: promtool.skip }, async () => {
  using directory = new TemporaryDirectory();
  const file = join(directory.path, "panels.json");
  const recorded = dashboardQueries().map(({ expr }, index) => ({ record: `panel:${index}`, expr }));
  assert.ok(recorded.length > 50);
  writeFileSync(file, JSON.stringify({ groups: [{ name: "panels", rules: recorded }] }));
  assert.match(await runPromtool("check", "rules", file), new RegExp(`SUCCESS: ${recorded.length} rules`));
});
