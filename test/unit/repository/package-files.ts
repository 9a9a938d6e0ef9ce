import { readFileSync } from "node:fs";
import { repositoryRoot } from "../../architecture/source-files.ts";

export interface PackageManifest {
  readonly name: string;
  readonly license: string;
  readonly type: string;
  readonly engines: Readonly<Record<string, string>>;
  readonly bin: Readonly<Record<string, string>>;
  readonly files: readonly string[];
  readonly scripts: Readonly<Record<string, string>>;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly allowScripts: Readonly<Record<string, boolean>>;
}

export interface LockedPackage {
  readonly version?: string;
  readonly license?: string;
  readonly resolved?: string;
  readonly integrity?: string;
  readonly hasInstallScript?: boolean;
  /** Needed in development alone. */
  readonly dev?: boolean;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

export interface LockFile {
  readonly lockfileVersion: number;
  /** By path, `""` for this package. */
  readonly packages: Readonly<Record<string, LockedPackage>>;
}

export function readManifest(): PackageManifest {
  return JSON.parse(readFileSync(`${repositoryRoot}/package.json`, "utf8")) as PackageManifest;
}

export function readLockFile(): LockFile {
  return JSON.parse(readFileSync(`${repositoryRoot}/package-lock.json`, "utf8")) as LockFile;
}
