import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { gatewayFailures } from "../../../src/gateway/failures.ts";
import { repositoryRoot } from "../../architecture/source-files.ts";

const read = (path: string): string => readFileSync(`${repositoryRoot}/${path}`, "utf8");
const sources = readdirSync(`${repositoryRoot}/src/gateway`, { withFileTypes: true })
  .map((entry) => (entry.isDirectory() ? `${entry.name}/` : entry.name))
  .toSorted();
const headings = [...read("docs/life-of-a-call.md").matchAll(/^## (.+)$/gm)].map(([, name = ""]) => name);

test("life of a call - it has one heading for each file and folder of the gateway, and no other", () => {
  assert.deepEqual(headings.toSorted(), sources);
});

test("life of a call - the stages stand in their order, each in the file that says it is that stage", () => {
  const stages = "①②③④⑤⑥";
  const sections = read("docs/life-of-a-call.md").split(/^## /m).slice(1);
  const marked = sections.flatMap((section) => {
    const [, file = "", stage] = /^(\S+)\n\n([①-⑥])/u.exec(section) ?? [];
    return stage === undefined ? [] : [{ file, stage }];
  });
  assert.equal(marked.map(({ stage }) => stage).join(""), stages);
  for (const { file, stage } of marked) assert.ok(read(`src/gateway/${file}`).includes(stage), file);
});

test("headers - the reference lists the values of X-Gateway-Error", () => {
  const [, section = ""] = read("docs/reference/headers.md").split("### X-Gateway-Error");
  const listed = [...section.split("\n### ", 1)[0]!.matchAll(/^\| `([a-z]+)`/gm)].map(
    ([, word = ""]) => word,
  );
  const used = Object.values(gatewayFailures).map(({ category }) => category);
  assert.deepEqual(
    used.filter((category) => !listed.includes(category)),
    [],
  );
  const declared = /GatewayErrorCategory = ([^;]+);/.exec(read("src/telemetry/channels.ts"))?.[1] ?? "";
  assert.deepEqual(
    listed.toSorted(),
    [...declared.matchAll(/"([a-z]+)"/g)].map(([, word = ""]) => word).toSorted(),
  );
});
