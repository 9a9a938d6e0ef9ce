import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { parse } from "yaml";
import { curl } from "../doubles/external-system.ts";
import { application, ServedInstallation } from "../doubles/served-installation.ts";
import { startSpecificationHost } from "../doubles/specification-host.ts";
import { findBinary } from "../tools/binary.ts";
import { run } from "../tools/run.ts";
import { appconn } from "./appconn-process.ts";

const binary = findBinary("schemathesis");
const folder = join(import.meta.dirname, "replay");

/** More of both find more: `REPLAY_EXAMPLES=1000 REPLAY_SEED=7`. */
const { REPLAY_EXAMPLES: examples = "20", REPLAY_SEED: seed = "1" } = process.env;

/** What schemathesis reports of a run. */
interface Report {
  readonly complete: boolean;
  readonly failures: readonly unknown[];
  readonly errors: readonly unknown[];
  /** By operation and phase. */
  readonly valid_rates: Readonly<Record<string, Readonly<Record<string, { readonly accepted: number }>>>>;
}

interface Identity {
  readonly certificate: string;
  readonly key: string;
}

async function paired(served: ServedInstallation): Promise<Identity> {
  await served.apply(application("shop"));
  const link = (await served.administer(["token", "create", "shop"])).trim();
  const out = join(served.path, "shop");
  const { code, stderr } = await appconn(["connect", link, "--out", out]);
  assert.equal(code, 0, stderr);
  return { certificate: join(out, "client.crt"), key: join(out, "client.key") };
}

/** Replays a document, and gives what was found and what was reached. */
async function replay(served: ServedInstallation, document: string, { certificate, key }: Identity) {
  const report = join(served.path, "report.json");
  const words = [
    ...["--no-color", "--config-file", join(folder, "schemathesis.toml"), "run", document],
    ...["--url", served.gateway.origin, "--tls-verify", served.serverAuthority],
    ...["--request-cert", certificate, "--request-cert-key", key],
    ...["--checks", "all", "--continue-on-failure", "--max-examples", examples, "--seed", seed],
    ...["--report", "json", "--report-json-path", report],
  ];
  // Python would leave its compiled hooks in the tree, and the rest goes where it runs.
  const env = { PYTHONPATH: folder, PYTHONDONTWRITEBYTECODE: "1" };
  const ran = await run(binary.path ?? "", words, { env, directory: served.path });
  return { ...ran, report: JSON.parse(readFileSync(report, "utf8")) as Report };
}

test(
  "registry - its document, replayed by an external system, has every answer there is, and none is a 500",
  { skip: binary.skip },
  async () => {
    await using host = await startSpecificationHost();
    const proxies = { HTTP_PROXY: host.url, HTTPS_PROXY: host.url };
    const variables = { ...proxies, http_proxy: host.url, https_proxy: host.url, NO_PROXY: "", no_proxy: "" };
    await using served = await ServedInstallation.start([], variables);
    const identity = await paired(served);
    const files = ["--cert", identity.certificate, "--key", identity.key];
    const { body } = await curl(served, ...files, `${served.gateway.origin}/shop/v1/metadata/api.yaml`);
    const document = join(served.path, "api.yaml");
    writeFileSync(document, body);
    const { code, output, report } = await replay(served, document, identity);
    assert.equal(code, 0, output);
    assert.deepEqual([report.complete, report.failures, report.errors], [true, [], []], output);
    const { paths } = parse(body) as { paths: Readonly<Record<string, Readonly<Record<string, unknown>>>> };
    for (const [path, item] of Object.entries(paths)) {
      for (const method of Object.keys(item).filter((name) => name !== "parameters")) {
        const name = `${method.toUpperCase()} ${path}`;
        const accepted = Object.values(report.valid_rates[name] ?? {}).map((rate) => rate.accepted);
        assert.ok(Math.max(0, ...accepted) > 0, `${name} was never successful: ${output}`);
      }
    }
  },
);
