import { equal, deepEqual, ok } from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { appconn } from "../e2e/appconn-process.ts";
import { run } from "../tools/run.ts";
import { application, type ServedInstallation } from "./served-installation.ts";

/** Files of an external system's identity. */
export interface PairedFiles {
  readonly certificate: string;
  readonly key: string;
}

export interface Replay {
  /** The schemathesis program. */
  readonly program: string;
  /** Of `test/e2e/replay`: its settings, with the hooks that they name. */
  readonly settings: string;
  /** Where the server is. */
  readonly origin: string;
  /** The OpenAPI document as it was served. */
  readonly document: string;
  readonly identity?: PairedFiles;
  /** Which operations, and the like. */
  readonly words?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
}

/** What schemathesis reports of a run. */
interface Report {
  readonly complete: boolean;
  readonly failures: readonly unknown[];
  readonly errors: readonly unknown[];
  /** By operation and phase: how many requests that keep to the document had success. */
  readonly valid_rates: Readonly<Record<string, Readonly<Record<string, { readonly accepted: number }>>>>;
}

const folder = join(import.meta.dirname, "../e2e/replay");

/** More of both find more: `REPLAY_EXAMPLES=1000 REPLAY_SEED=7`. */
const { REPLAY_EXAMPLES: examples = "20", REPLAY_SEED: seed = "1" } = process.env;

/** The Application shop, and its identity as `appconn connect` leaves it. */
export async function pairedShop(served: ServedInstallation): Promise<PairedFiles> {
  await served.apply(application("shop"));
  const link = (await served.administer(["token", "create", "shop"])).trim();
  const out = join(served.path, "shop");
  const { code, stderr } = await appconn(["connect", link, "--out", out]);
  equal(code, 0, stderr);
  return { certificate: join(out, "client.crt"), key: join(out, "client.key") };
}

/**
 * Lets schemathesis loose on a server, which must give no answer that the document lacks. Gives the operations
 * that had success, such as `GET /v1/health`.
 */
export async function replayDocument(
  served: ServedInstallation,
  replay: Replay,
): Promise<ReadonlySet<string>> {
  const { identity } = replay;
  const [document, report] = [join(served.path, "api.yaml"), join(served.path, "report.json")];
  writeFileSync(document, replay.document);
  const words = [
    ...["--no-color", "--config-file", join(folder, replay.settings), "run", document],
    ...["--url", replay.origin, "--tls-verify", served.serverAuthority],
    ...(identity ? ["--request-cert", identity.certificate, "--request-cert-key", identity.key] : []),
    ...["--continue-on-failure", "--max-examples", examples, "--seed", seed],
    ...["--report", "json", "--report-json-path", report],
    ...(replay.words ?? []),
  ];
  // Python would leave its compiled hooks in the tree; everything else is left in the directory of the test.
  const env = { PYTHONPATH: folder, PYTHONDONTWRITEBYTECODE: "1", ...replay.environment };
  const { code, output } = await run(replay.program, words, { env, directory: served.path });
  equal(code, 0, output);
  const {
    complete,
    failures,
    errors,
    valid_rates: rates,
  } = JSON.parse(readFileSync(report, "utf8")) as Report;
  deepEqual([complete, failures, errors], [true, [], []], output);
  const successful = Object.entries(rates).filter(([, phases]) =>
    Object.values(phases).some(({ accepted }) => accepted > 0),
  );
  return new Set(successful.map(([operation]) => operation));
}

/** As `replayDocument` names them. */
export function operationsOf(document: string): readonly string[] {
  const { paths } = parse(document) as { paths: Readonly<Record<string, Readonly<Record<string, unknown>>>> };
  const operations = Object.entries(paths).flatMap(([path, item]) =>
    Object.keys(item)
      .filter((key) => key !== "parameters")
      .map((method) => `${method.toUpperCase()} ${path}`),
  );
  ok(operations.length > 0, document);
  return operations;
}
