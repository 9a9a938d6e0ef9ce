import { isSetting, type Resolved, type SettingTree } from "../../src/config/setting.ts";

/** The options of a tree of settings where nothing is set. */
export function defaultsOf<Tree extends SettingTree>(tree: Tree): Resolved<Tree> {
  const options = Object.entries(tree).map(([name, node]) => [
    name,
    isSetting(node) ? node.default : defaultsOf(node),
  ]);
  return Object.fromEntries(options) as Resolved<Tree>;
}
