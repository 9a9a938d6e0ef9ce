import { readFileSync } from "node:fs";
import { delimiter, join, resolve } from "node:path";
import { defaultDataDirectory } from "../../config/data-directory.ts";
import type { Environment } from "../../config/read-environment.ts";
import { fileReason } from "../../core/file-reason.ts";
import { CommandError } from "../command-error.ts";
import type { Connection } from "./connection.ts";
import { readKubeconfig, type KubeconfigFile } from "./kubeconfig.ts";

/** Options that every command but `serve` takes. */
export interface ServerOptions {
  readonly dataDir?: string;
  readonly kubeconfig?: string;
  readonly context?: string;
}

const NAME_IT = "Name the file that `appconn serve` wrote into its data directory";

/**
 * The server that a command means: by --kubeconfig, --data-dir, APPCONN_DATA_DIR, KUBECONFIG, or the default
 * data directory, the first of them that is given.
 */
export function findServer(options: ServerOptions, environment: Environment): Connection {
  const place = placeOf(options, environment);
  const files = place.paths.flatMap((path) => readIfThere(path, place));
  if (files.length === 0) throw missing(place);
  return readKubeconfig(files, {
    readFile: (path) => readFileSync(path, "utf8"),
    ...(options.context === undefined ? {} : { context: options.context }),
  });
}

/** Where kubeconfigs are looked for, and who said so. */
interface Place {
  readonly paths: readonly string[];
  readonly source?: "--kubeconfig" | "--data-dir" | "APPCONN_DATA_DIR" | "KUBECONFIG";
}

function placeOf(options: ServerOptions, environment: Environment): Place {
  if (options.kubeconfig) return { paths: [resolve(options.kubeconfig)], source: "--kubeconfig" };
  const directory = options.dataDir ?? environment["APPCONN_DATA_DIR"];
  if (directory) {
    const source = options.dataDir === undefined ? "APPCONN_DATA_DIR" : "--data-dir";
    return { paths: [resolve(directory, "kubeconfig")], source };
  }
  const named = environment["KUBECONFIG"]?.split(delimiter).filter((path) => path !== "") ?? [];
  if (named.length > 0) return { paths: named, source: "KUBECONFIG" };
  return { paths: [join(defaultDataDirectory(environment), "kubeconfig")] };
}

/** Of several files, those that are not there count for nothing, as kubectl has it. */
function readIfThere(path: string, place: Place): readonly KubeconfigFile[] {
  try {
    return [{ path, text: readFileSync(path, "utf8") }];
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") {
      const from = place.source ? ` (from ${place.source})` : "";
      throw new CommandError(
        `error: kubeconfig ${path}${from} cannot be read: ${fileReason(error)}. ${NAME_IT}`,
        { cause: error },
      );
    }
    if (place.paths.length > 1) return [];
    throw missing(place, error);
  }
}

function missing({ paths, source }: Place, cause?: unknown): CommandError {
  const path = paths.join(delimiter);
  if (source === undefined) {
    return new CommandError(
      `no server is known: ${path} is not there. Start one with \`appconn serve\`, ` +
        "or name its --data-dir or --kubeconfig",
      { cause },
    );
  }
  if (source === "--kubeconfig" || source === "KUBECONFIG") {
    return new CommandError(`error: kubeconfig ${path} (from ${source}) is not there. ${NAME_IT}`, { cause });
  }
  return new CommandError(
    `error: ${path} is not there, so no server has run with that data directory (from ${source}). ` +
      "Start one with `appconn serve`, or name the directory of the one that runs",
    { cause },
  );
}
