import { spawn } from "node:child_process";
import { once } from "node:events";
import { truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import type { Bench } from "../bench.ts";
import { startGateway, type RunningGateway } from "../contenders/gateway.ts";
import { application, basicCredentials, basicSecret } from "../estate/resources.ts";

const GIBIBYTE = 1024 ** 3;

/** 1 GiB down and 1 GiB up through one call each: how much the process grows meanwhile. */
export async function streamingMemory(bench: Bench): Promise<void> {
  const { surroundings } = bench;
  const size = bench.options.smoke ? GIBIBYTE / 16 : GIBIBYTE;
  const file = join(surroundings.directory, "target", "gibibyte");
  writeFileSync(file, "");
  truncateSync(file, size);

  const credentials = basicCredentials;
  await using gateway = await startGateway({
    surroundings,
    name: "streaming",
    manifests: [
      basicSecret,
      application({ name: "basic", targetUrl: origin(surroundings.targetPort), credentials }),
      application({ name: "sink", targetUrl: origin(surroundings.sinkPort), credentials }),
    ],
    ready: "/sink/api/upload",
  });
  await transfer(bench, {
    gateway,
    name: "stream-down",
    parameters: [`${gateway.origin}/basic/api/gibibyte`],
  });
  const upload = ["--request", "POST", "--upload-file", file, `${gateway.origin}/sink/api/upload`];
  await transfer(bench, { gateway, name: "stream-up", parameters: upload });
}

interface Transfer {
  readonly gateway: RunningGateway;
  readonly name: string;
  /** For curl. */
  readonly parameters: readonly string[];
}

async function transfer(bench: Bench, { gateway, name, parameters }: Transfer): Promise<void> {
  const before = gateway.usage().residentMebibytes;
  const begin = performance.now();
  const curl = spawn("curl", ["--silent", "--show-error", "--fail", "--output", "/dev/null", ...parameters], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  const exit = once(curl, "exit") as Promise<[number | null]>;
  let most = before;
  while (curl.exitCode === null && curl.signalCode === null) {
    most = Math.max(most, gateway.usage().residentMebibytes);
    await wait(20);
  }
  const [code] = await exit;
  const growth = most - before;
  const seconds = (performance.now() - begin) / 1000;
  bench.report({ contender: "gateway", case: name, figures: { rss_growth_mib: growth, seconds } });
  if (code !== 0) bench.complain(`${name}: curl ended with ${code}`);
}

const origin = (port: number) => `http://127.0.0.1:${port}`;
