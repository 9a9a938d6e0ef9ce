import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { repositoryRoot } from "../../architecture/source-files.ts";
import { readLockFile, readManifest } from "./package-files.ts";
import { missingFromLock } from "./missing-from-lock.ts";

const manifest = readManifest();
const lock = readLockFile();
const direct = { ...manifest.dependencies, ...manifest.devDependencies };

test("package - it is licensed as its LICENSE says", () => {
  assert.equal(manifest.license, "Apache-2.0");
  const text = readFileSync(`${repositoryRoot}/LICENSE`, "utf8");
  assert.match(text, /Apache License\s+Version 2\.0, January 2004/);
});

test("package - every version is exact, and the lock file has the same", () => {
  for (const [name, version] of Object.entries(direct)) {
    assert.match(version, /^\d+\.\d+\.\d+$/, `${name} ${version} is not exact`);
    assert.equal(lock.packages[`node_modules/${name}`]?.version, version, `${name} in the lock file`);
  }
  assert.deepEqual(lock.packages[""]?.dependencies, manifest.dependencies);
  assert.deepEqual(lock.packages[""]?.devDependencies, manifest.devDependencies);
});

test("package - the lock file has all that its packages ask for, with a checksum and no address", () => {
  assert.equal(lock.lockfileVersion, 3);
  assert.deepEqual(missingFromLock(lock), []);
  const locked = Object.entries(lock.packages).filter(([path]) => path !== "");
  const unchecked = locked.filter(([, { integrity }]) => !integrity).map(([path]) => path);
  assert.deepEqual(unchecked, []);
  const addressed = locked.filter(([, { resolved }]) => resolved !== undefined).map(([path]) => path);
  assert.deepEqual(addressed, [], "a lock file with addresses binds everyone to one registry");
});

test("package - a package that the lock file lacks is found", () => {
  const packages = {
    "": { dependencies: { outer: "1.0.0" } },
    "node_modules/outer": {
      dependencies: { inner: "1", nested: "1" },
      optionalDependencies: { native: "1" },
    },
    "node_modules/outer/node_modules/nested": { dependencies: { inner: "1" } },
  };
  assert.deepEqual(missingFromLock({ lockfileVersion: 3, packages }), [
    "inner for node_modules/outer",
    "native for node_modules/outer",
    "inner for node_modules/outer/node_modules/nested",
  ]);
});

test("package - only the pinned node may run an install script", () => {
  const scripted = Object.entries(lock.packages)
    .filter(([, { hasInstallScript }]) => hasInstallScript)
    .map(([path]) => path.replace(/^.*node_modules\//, ""));
  assert.deepEqual(scripted.toSorted(), Object.keys(manifest.allowScripts).toSorted());
  assert.deepEqual(
    Object.entries(manifest.allowScripts).filter(([, allowed]) => allowed),
    [["node", true]],
  );
});

test("package - it runs on the Node that it asks for", () => {
  assert.equal(manifest.engines["node"], ">=24.9");
  assert.equal(process.versions.node, manifest.devDependencies["node"]);
});

test("package - its commands and the files of its scripts are there", () => {
  const named = Object.values(manifest.scripts).flatMap((script) => script.match(/\S+\.(js|ts)\b/g) ?? []);
  const built = (path: string): boolean => path.startsWith("dist/");
  const missing = [...Object.values(manifest.bin), ...named]
    .filter((path) => !built(path))
    .filter((path) => !existsSync(`${repositoryRoot}/${path}`));
  assert.deepEqual(missing, []);
});
