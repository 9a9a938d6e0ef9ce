import { equal, match } from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { openStore, start, type ServeOptions } from "../../src/index.ts";
import { settings } from "../../src/main/settings.ts";
import { eventually } from "../doubles/eventually.ts";
import { FREE_PORTS } from "../doubles/free-ports.ts";
import { defaultsOf } from "../doubles/setting-defaults.ts";
import { TemporaryDirectory } from "../doubles/temporary-directory.ts";
import { startProgram } from "./appconn-process.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

function embedded(dataDir: string): ServeOptions {
  const options = defaultsOf(settings({}));
  return {
    ...options,
    dataDir,
    workers: 2,
    components: ["gateway", "admin"],
    gateway: { ...options.gateway, port: 0, compassPort: 0, healthPort: 0 },
    admin: { ...options.admin, port: 0 },
    telemetry: {
      ...options.telemetry,
      accessLog: { enabled: true, destination: "access.log" },
      log: { level: "fatal", format: "json" },
    },
  };
}

test("workers - a program that embeds the server has them too", async () => {
  using directory = new TemporaryDirectory();
  const { signal } = new AbortController();
  const options = embedded(directory.path);
  const server = await start(options, { opening: openStore(options, signal), signal, environment: {} });
  try {
    const [health] = server.addresses.flatMap(({ name, url }) => (name === "health and metrics" ? url : []));
    const metrics = await (await fetch(`${health}/metrics`)).text();
    match(metrics, /^appconn_worker_ready\{worker="2"\} 1$/m);
    equal((await fetch(`${server.gatewayUrl}/unknown/api/x`)).status, 404);
  } finally {
    await server.close();
  }
});

test("workers - the compiled package finds what they run", async () => {
  using directory = new TemporaryDirectory();
  const compiler = join(root, "node_modules", "typescript", "bin", "tsc");
  const output = join(directory.path, "dist");
  execFileSync(process.execPath, [compiler, "-p", join(root, "tsconfig.build.json"), "--outDir", output], {
    cwd: root,
  });
  symlinkSync(join(root, "node_modules"), join(directory.path, "node_modules"));
  symlinkSync(join(root, "package.json"), join(directory.path, "package.json"));
  const data = ["--data-dir", join(directory.path, "data")];
  const built = [process.execPath, join(output, "main.js"), "serve", ...data, ...FREE_PORTS, "--workers=2"];
  const running = startProgram(built as [string, ...string[]]);
  try {
    await eventually(() => match(running.stderr, /is ready/), { timeout: 60_000 });
    const url = /gateway +(http:\S+)/.exec(running.stderr)?.[1];
    equal((await fetch(`${url}/unknown/api/x`)).status, 404);
    running.process.kill("SIGTERM");
    equal((await running.ended).code, 0);
  } finally {
    running.process.kill("SIGKILL");
  }
});
