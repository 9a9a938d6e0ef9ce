import { homedir } from "node:os";
import { join, resolve } from "node:path";
import type { Environment } from "./read-environment.ts";
import { text, type Setting } from "./setting.ts";

const SHOWN = "$XDG_DATA_HOME/appconn, else ~/.local/share/appconn";

/** Where the embedded home keeps everything unless it is told otherwise. */
export function defaultDataDirectory(environment: Environment): string {
  const base = environment["XDG_DATA_HOME"];
  // The XDG Base Directory specification: a relative path there is invalid and to be ignored.
  if (base?.startsWith("/")) return join(base, "appconn");
  return join(environment["HOME"] || homedir(), ".local", "share", "appconn");
}

/** Resolves to an absolute path. */
export function dataDirectorySetting(environment: Environment): Setting<string> {
  const setting = text({
    default: defaultDataDirectory(environment),
    description: "Directory of the embedded home: database, keys, admin-token, kubeconfig, log files.",
  });
  return Object.freeze({
    ...setting,
    shown: SHOWN,
    expected: "a path",
    parse: (raw: unknown) => (typeof raw === "string" && raw !== "" ? resolve(raw) : undefined),
  });
}
