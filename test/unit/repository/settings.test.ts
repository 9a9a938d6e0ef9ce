import assert from "node:assert/strict";
import { test } from "node:test";
import { failureTables } from "../../../scripts/generate/failure-tables.ts";
import { nameSettings } from "../../../src/config/named-settings.ts";
import { settings } from "../../../src/main/settings.ts";
import { readDocuments } from "./documents.ts";

const named = nameSettings(settings({}));
const keys = new Set(named.map(({ key }) => key));
const groups = new Set(
  named.flatMap(({ path }) => path.slice(0, -1).map((_, end) => path.slice(0, end + 1).join("."))),
);
const roots = [...groups].filter((group) => !group.includes(".")).join("|");

/** Files, and hosts of the ingress. */
const NO_SETTING = /\.(ts|js|md|csv|localhost|example\.com)$/;

/** Words like `gateway.proxyTimeout` that no setting has. */
function unknownSettings(text: string): readonly string[] {
  const mentioned = text.matchAll(
    new RegExp(`(?<![\\w./-])(?:${roots})(?:\\.[a-z][A-Za-z0-9]*)+(?![\\w/])`, "g"),
  );
  return [...mentioned]
    .map(([word]) => word)
    .filter((word) => !keys.has(word) && !groups.has(word) && !NO_SETTING.test(word));
}

test("settings - every setting that a document names exists", () => {
  const unknown = readDocuments().flatMap(({ path, text }) =>
    unknownSettings(text).map((word) => `${path}: ${word}`),
  );
  assert.deepEqual(unknown, []);
});

test("settings - every setting that a failure names exists", async () => {
  const unknown = (await failureTables()).flatMap(({ table }) =>
    Object.entries(table).flatMap(([code, { text, remedy }]) =>
      unknownSettings(`${text}\n${remedy}`).map((word) => `${code}: ${word}`),
    ),
  );
  assert.deepEqual(unknown, []);
});

test("settings - a setting that does not exist is found", () => {
  const text =
    "Raise gateway.proxyTimeout or `gateway.noSuch`, not src/gateway.ts, see gateway.ts, gateway.localhost and telemetry.log.";
  assert.deepEqual(unknownSettings(text), ["gateway.noSuch"]);
});
