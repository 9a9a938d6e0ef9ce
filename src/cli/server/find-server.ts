import { readFileSync } from "node:fs";
import { delimiter, join, resolve } from "node:path";
import { defaultDataDirectory } from "../../config/data-directory.ts";
import type { Environment } from "../../config/read-environment.ts";
import { reasonOf } from "../../core/failures.ts";
import { CommandError } from "../command-error.ts";
import type { Connection } from "./connection.ts";
import { readKubeconfig, type KubeconfigFile } from "./kubeconfig.ts";

/** Options that every command but `serve` takes. */
export interface ServerOptions {
  readonly dataDir?: string;
  readonly kubeconfig?: string;
  readonly context?: string;
}

/**
 * The server that a command means: by --kubeconfig, --data-dir, APPCONN_DATA_DIR, KUBECONFIG, or the default
 * data directory, the first of them that is given.
 */
export function findServer(options: ServerOptions, environment: Environment): Connection {
  const paths = kubeconfigPaths(options, environment);
  const files = paths.flatMap((path) => readIfThere(path, paths.length > 1));
  if (files.length === 0) throw missing(paths.join(delimiter));
  return readKubeconfig(files, {
    readFile: (path) => readFileSync(path, "utf8"),
    ...(options.context === undefined ? {} : { context: options.context }),
  });
}

function kubeconfigPaths(options: ServerOptions, environment: Environment): readonly string[] {
  if (options.kubeconfig) return [resolve(options.kubeconfig)];
  const directory = options.dataDir ?? environment["APPCONN_DATA_DIR"];
  if (directory) return [resolve(directory, "kubeconfig")];
  const named = environment["KUBECONFIG"]?.split(delimiter).filter((path) => path !== "") ?? [];
  return named.length > 0 ? named : [join(defaultDataDirectory(environment), "kubeconfig")];
}

/** Of several files, those that are not there count for nothing, as kubectl has it. */
function readIfThere(path: string, several: boolean): readonly KubeconfigFile[] {
  try {
    return [{ path, text: readFileSync(path, "utf8") }];
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") {
      throw new CommandError(`kubeconfig ${path} cannot be read: ${reasonOf(error)}`, { cause: error });
    }
    if (several) return [];
    throw missing(path, error);
  }
}

function missing(path: string, cause?: unknown): CommandError {
  return new CommandError(
    `no server is known: ${path} is not there. Start one with \`appconn serve\`, ` +
      "or name its --data-dir or --kubeconfig",
    { cause },
  );
}
