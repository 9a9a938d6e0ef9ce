// Brings node_modules up to the lock file before `npm start` and `npm test`, and is silent when it is.
// Plain JavaScript for any Node from 20 on: it runs before anything is installed.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const [major] = process.versions.node.split(".");

if (Number(major) < 20) {
  process.stderr.write(
    `Application Connector needs Node 20 or newer to install, and this is ${process.version}.\n`,
  );
  process.exitCode = 1;
} else if (!isUpToDate()) {
  process.exitCode = await withLock(() => (isUpToDate() ? 0 : install()));
}

/**
 * Compares the lock file with the record that npm keeps of what it installed. npm writes the record last, so
 * an interrupted installation has none.
 */
function isUpToDate() {
  const wanted = packagesOf(join(root, "package-lock.json"));
  const installed = packagesOf(join(root, "node_modules/.package-lock.json"));
  if (!wanted || !installed) return false;
  // The pinned Node is laid down by an install script, which the record does not tell about.
  if (!existsSync(join(root, "node_modules/node/bin/node"))) return false;
  const isSame = ([path, { version, integrity }]) =>
    installed[path]
      ? installed[path].version === version && installed[path].integrity === integrity
      : undefined;
  return (
    Object.entries(wanted).every(
      ([path, entry]) => path === "" || (isSame([path, entry]) ?? entry.optional),
    ) && Object.keys(installed).every((path) => wanted[path])
  );
}

function packagesOf(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8")).packages;
  } catch {
    return undefined;
  }
}

function install() {
  process.stderr.write("Installing what is missing (only once, and after an update) …\n");
  const words = ["ci", "--loglevel=error", "--no-audit", "--no-fund"];
  const npm = process.env.npm_execpath;
  // Standard output belongs to the command that follows; npm says on standard error what is wrong.
  const options = { cwd: root, stdio: ["ignore", "ignore", 2] };
  const { status, error } = npm?.endsWith(".js")
    ? spawnSync(process.execPath, [npm, ...words], options)
    : spawnSync("npm", words, options);
  if (status === 0) return 0;
  process.stderr.write(`npm ci failed${error ? `: ${error.message}` : ""}\n`);
  return status || 1;
}

/** Two commands on a fresh clone must not install at the same time: the second waits for the first. */
async function withLock(action) {
  const name = createHash("sha256").update(root).digest("hex").slice(0, 16);
  const lock = join(tmpdir(), `appconn-install-${process.getuid?.() ?? "user"}-${name}.lock`);
  while (!tryLock(lock)) await delay(100);
  try {
    return action();
  } finally {
    rmSync(lock, { force: true });
  }
}

function tryLock(lock) {
  try {
    writeFileSync(lock, String(process.pid), { flag: "wx" });
    return true;
  } catch (error) {
    if (error.code !== "EEXIST") throw error;
  }
  if (!isRunning(lock)) rmSync(lock, { force: true });
  return false;
}

function isRunning(lock) {
  try {
    const holder = Number(readFileSync(lock, "utf8"));
    // Just created, and not yet written to.
    if (holder === 0) return true;
    process.kill(holder, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}
