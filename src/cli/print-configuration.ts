import { Document } from "yaml";
import type { Loaded } from "../config/load.ts";
import type { NamedSetting } from "../config/named-settings.ts";
import type { SettingTree } from "../config/setting.ts";
import { durationText } from "../core/duration.ts";
import { valueAt } from "./json-fields.ts";

/** All settings as a file that `--config` would read, each with where its value comes from. */
export function printConfiguration(
  settings: readonly NamedSetting[],
  { options, origins }: Loaded<SettingTree>,
): string {
  const document = new Document({});
  for (const { key, path, setting } of settings) {
    const value = written(setting.expected, valueAt(options, ...path));
    const node = document.createNode(value, { flow: true });
    node.comment = ` ${origins.get(key) ?? "default"}`;
    document.setIn(path, node);
  }
  return document.toString({ lineWidth: 0, flowCollectionPadding: false });
}

/** The value as a person writes it; a password within a URL stays unseen. */
function written(expected: string, value: unknown): unknown {
  if (typeof value === "number" && expected.startsWith("a duration")) return durationText(value);
  if (typeof value === "string") return value.replace(/\/\/[^/@\s]*@/, "//…@");
  return value;
}
