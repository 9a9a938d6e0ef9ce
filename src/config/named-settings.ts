import { isSetting, type Setting, type SettingTree } from "./setting.ts";

/** A setting with the names under which each source gives it (amendment A19). */
export interface NamedSetting {
  /** As in the file and in messages: `gateway.proxyTimeout`. */
  readonly key: string;
  readonly path: readonly string[];
  /** Without the dashes: `gateway-proxy-timeout`. */
  readonly flag: string;
  /** `APPCONN_GATEWAY_PROXY_TIMEOUT`. */
  readonly environment: string;
  readonly setting: Setting<unknown>;
}

export const ENVIRONMENT_PREFIX = "APPCONN_";

/** All settings of a tree, in the order in which they are declared. */
export function nameSettings(tree: SettingTree): readonly NamedSetting[] {
  return walk(tree, []);
}

function walk(tree: SettingTree, above: readonly string[]): readonly NamedSetting[] {
  return Object.entries(tree).flatMap(([name, node]) => {
    const path = [...above, name];
    return isSetting(node) ? [named(path, node)] : walk(node, path);
  });
}

function named(path: readonly string[], setting: Setting<unknown>): NamedSetting {
  const words = path.flatMap(wordsOf);
  return {
    key: path.join("."),
    path,
    flag: words.join("-"),
    environment: ENVIRONMENT_PREFIX + words.join("_").toUpperCase(),
    setting,
  };
}

/** `proxyTimeout` → `proxy`, `timeout`. */
function wordsOf(name: string): readonly string[] {
  return name
    .replace(/([a-z0-9])([A-Z])/g, "$1 $2")
    .toLowerCase()
    .split(" ");
}
