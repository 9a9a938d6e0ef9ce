#!/usr/bin/env node
// The one file that any Node reads: it must parse on Node 12, so no `??`, no `?.`, no `node:` names here.
/* oxlint-disable unicorn/prefer-node-protocol, typescript/use-unknown-in-catch-callback-variable */
import { spawn } from "child_process";
import { existsSync } from "fs";
import * as module from "module";
import { constants, homedir } from "os";
import { join } from "path";
import { fileURLToPath } from "url";

const OLDEST_NODE = 24;
// Set for the process that is started in place of this one, so that a wrong pinned binary cannot loop.
const RESTARTED = "APPCONN_RESTARTED_BY";

const source = new URL("../src/main.ts", import.meta.url);
const built = new URL("../dist/main.js", import.meta.url);
const pinnedNode = fileURLToPath(new URL("../node_modules/node/bin/node", import.meta.url));
const inCheckout = existsSync(fileURLToPath(source));
const suits = Number(process.versions.node.split(".")[0]) >= OLDEST_NODE;
const restarted = process.env[RESTARTED] === String(process.ppid);
delete process.env[RESTARTED];

if (suits) {
  start();
} else if (existsSync(pinnedNode) && !restarted) {
  startOn(pinnedNode);
} else {
  fail(
    "appconn needs Node " + OLDEST_NODE + " or newer, and this is " + process.version + ".",
    inCheckout ? "Run `npm ci` here once: it brings the right one along." : "Install it and run this again.",
  );
}

function start() {
  // Halves the time until a command begins. The folder is the user's own: code that others could put into
  // a shared one would be run.
  if (module.enableCompileCache) {
    module.enableCompileCache(join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "appconn"));
  }
  import((inCheckout ? source : built).href).catch(function (error) {
    if (error && error.code === "ERR_MODULE_NOT_FOUND" && inCheckout) {
      fail("appconn lacks a package: " + error.message, "Run `npm ci` in the checkout.");
    }
    throw error;
  });
}

/** Runs the same command on another Node. Old versions cannot replace their own process, so this one waits. */
function startOn(node) {
  const env = Object.assign({}, process.env);
  env[RESTARTED] = String(process.pid);
  const child = spawn(node, [fileURLToPath(import.meta.url)].concat(process.argv.slice(2)), {
    stdio: "inherit",
    env: env,
  });
  const signals = ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGUSR2"];
  signals.forEach(function (signal) {
    process.on(signal, function () {
      child.kill(signal);
    });
  });
  child.on("error", function (error) {
    fail("appconn cannot start " + node + ": " + error.message, "Run `npm ci` in the checkout.");
  });
  child.on("exit", function (code, signal) {
    if (signal === null) process.exit(code);
    // Ends by the same signal, so that a shell sees what happened; the code is for where that does not kill.
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
    process.exitCode = 128 + constants.signals[signal];
  });
}

function fail(problem, remedy) {
  process.stderr.write(problem + "\n" + remedy + "\n");
  process.exit(1);
}
