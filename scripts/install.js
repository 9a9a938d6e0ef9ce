// Brings node_modules up to the lock file before `npm start` and `npm test`, and is silent when it is.
// Plain JavaScript for any Node from 20 on: it runs before anything is installed.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const [major] = process.versions.node.split(".");
const pinnedNode = join(root, "node_modules/node/bin/node");

// Takes the place of the pinned Node where that does not start: from 26 on it needs libatomic, which a bare
// Linux may lack. The oldest Node that the product runs on does not.
const STAND_IN = "24.21.0";

if (Number(major) < 20) {
  process.stderr.write(
    `Application Connector needs Node 20 or newer to install, and this is ${process.version}.\n`,
  );
  process.exitCode = 1;
} else if (!isUpToDate() || !pinnedStarts()) {
  process.exitCode = await withLock(() => (isUpToDate() ? 0 : install()) || provideNode());
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
  if (!existsSync(pinnedNode)) return false;
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
  return runNpm("ci");
}

/** Gives npm's exit code, and says so when it failed. */
function runNpm(command, ...further) {
  const words = [command, "--loglevel=error", "--no-audit", "--no-fund", ...further];
  const npm = process.env.npm_execpath;
  // Standard output belongs to the command that follows; npm says on standard error what is wrong.
  const options = { cwd: root, stdio: ["ignore", "ignore", 2] };
  const { status, error } = npm?.endsWith(".js")
    ? spawnSync(process.execPath, [npm, ...words], options)
    : spawnSync("npm", words, options);
  if (status === 0) return 0;
  process.stderr.write(`npm ${command} failed${error ? `: ${error.message}` : ""}\n`);
  return status || 1;
}

/** What runs this file starts; where npm found the pinned Node first, that is all there is to ask. */
function pinnedStarts() {
  if (!existsSync(pinnedNode)) return false;
  return realpathSync(process.execPath) === realpathSync(pinnedNode) || tryPinned().status === 0;
}

function tryPinned() {
  return spawnSync(pinnedNode, ["--version"], { encoding: "utf8" });
}

/** Puts another Node where every script looks for the pinned one, if that does not start on this machine. */
function provideNode() {
  if (pinnedStarts()) return 0;
  const { stderr, error } = tryPinned();
  const reason = (stderr || String(error)).trim().replace(/^\S*node: /, "");
  process.stderr.write(`The Node that comes along does not start here (${reason}).\n`);
  const standIn = Number(major) >= 24 ? process.execPath : downloadStandIn();
  if (!standIn) {
    process.stderr.write(
      "Install what it lacks (libatomic is libatomic1 on Debian and Ubuntu), or Node 24 or newer; then run this again.\n",
    );
    return 1;
  }
  mkdirSync(dirname(pinnedNode), { recursive: true });
  rmSync(pinnedNode, { force: true });
  symlinkSync(standIn, pinnedNode);
  return 0;
}

/** The binary alone, as the package `node` lays it down, in a folder that goes with the next installation. */
function downloadStandIn() {
  const name = `node-${process.platform}-${process.arch}`;
  const folder = join(root, "node_modules/.stand-in");
  process.stderr.write(`Installing Node ${STAND_IN} in its place …\n`);
  const flags = ["--prefix", folder, "--no-save", "--ignore-scripts"];
  const failed = runNpm("install", ...flags, `${name}@${STAND_IN}`) !== 0;
  return failed ? undefined : join(folder, "node_modules", name, "bin/node");
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
