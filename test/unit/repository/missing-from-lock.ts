import type { LockFile } from "./package-files.ts";

/**
 * What `npm ci` would refuse as "Missing … from lock file": packages that a locked package asks for and
 * that stand nowhere on its way up to the root.
 */
export function missingFromLock({ packages }: LockFile): readonly string[] {
  return Object.entries(packages).flatMap(([path, locked]) => {
    const wanted = { ...locked.dependencies, ...locked.devDependencies, ...locked.optionalDependencies };
    return Object.keys(wanted)
      .filter((name) => !foldersFrom(path).some((folder) => packages[`${folder}node_modules/${name}`]))
      .map((name) => `${name} for ${path === "" ? "this package" : path}`);
  });
}

/** `node_modules/a/node_modules/b` → that, `node_modules/a`, the root; each ready to be continued. */
function foldersFrom(path: string): readonly string[] {
  const parts = path.split("/node_modules/");
  const above = parts.map((_, index) => `${parts.slice(0, index + 1).join("/node_modules/")}/`);
  return [...above.filter((folder) => folder !== "/"), ""];
}
