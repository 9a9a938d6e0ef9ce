import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { commandReference } from "../../../scripts/generate/commands.ts";
import { configurationReference } from "../../../scripts/generate/configuration.ts";
import { repositoryRoot } from "../../architecture/source-files.ts";

const committed = (path: string): string => readFileSync(`${repositoryRoot}/${path}`, "utf8");

test("reference - docs/reference/configuration.md is what the settings say now", () => {
  const { path, text } = configurationReference();
  assert.equal(committed(path), text, "run: npm run generate");
});

test("reference - docs/reference/cli.md is what --help says now", async () => {
  const { path, text } = await commandReference();
  assert.equal(committed(path), text, "run: npm run generate");
});

test("reference - every command is in it, with examples", async () => {
  const { text } = await commandReference();
  const names = ["serve", "apply", "get", "describe", "delete", "connect", "search", "version", "completion"];
  const inner = [
    "token create",
    "access create",
    "access list",
    "access revoke",
    "cert renew",
    "cert revoke",
    "cert list",
    "ca show",
    "ca rotate",
    "ca retire",
  ];
  for (const name of [...names, "token", "access", "cert", "ca", ...inner]) {
    const section = text.split(`## appconn ${name}\n`)[1]?.split("\n## ")[0];
    assert.match(section ?? "", /Examples:\n {2}\S/, name);
  }
});
