import assert from "node:assert/strict";
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { FREE_PORTS } from "../doubles/free-ports.ts";
import { TemporaryDirectory } from "../doubles/temporary-directory.ts";
import { eventually } from "../doubles/eventually.ts";
import { repositoryRoot } from "../architecture/source-files.ts";
import { binaries } from "../tools/binaries.ts";
import { appconnPath, startProgram } from "./appconn-process.ts";

const node = process.execPath;

/** Makes Node say it is an old one, in the process that a person starts; the one that it starts is itself. */
function pretendOldNode(directory: string): string {
  const file = join(directory, "old-node.cjs");
  writeFileSync(
    file,
    'if (!process.env.APPCONN_RESTARTED_BY) Object.defineProperty(process.versions, "node", { value: "20.1.0" });',
  );
  return `--require=${file}`;
}

test("start - the program is read by any Node: nothing in it is newer than Node 12", () => {
  const text = readFileSync(appconnPath, "utf8").replace(/^\s*\/\/.*$/gm, "");
  assert.doesNotMatch(text, /\?\.|\?\?|"node:|\bawait\b|#[a-z]|\.at\(|replaceAll|Object\.hasOwn/);
});

test("start - on an old Node the pinned one takes over, and its exit code is passed on", async () => {
  using directory = new TemporaryDirectory();
  const env = { NODE_OPTIONS: pretendOldNode(directory.path) };
  const version = await startProgram([node, appconnPath, "version", "--client"], { env }).ended;
  assert.match(version.stdout, /^appconn \d.* \(Node v2[4-9]\./);
  assert.equal((await startProgram([node, appconnPath, "nonsense"], { env }).ended).code, 2);
});

test("start - on an old Node a signal reaches the one that took over", async () => {
  using directory = new TemporaryDirectory();
  const env = { NODE_OPTIONS: pretendOldNode(directory.path) };
  const words = ["serve", "--data-dir", join(directory.path, "data"), ...FREE_PORTS];
  const server = startProgram([node, appconnPath, ...words], { env });
  await eventually(() => assert.match(server.stderr, /is ready/), { timeout: 30_000 });
  server.process.kill("SIGTERM");
  assert.equal((await server.ended).code, 0);
});

test("start - an old Node without the pinned one is told what to do", async () => {
  using directory = new TemporaryDirectory();
  mkdirSync(join(directory.path, "bin"));
  copyFileSync(appconnPath, join(directory.path, "bin", "appconn.js"));
  writeFileSync(join(directory.path, "package.json"), '{"type":"module"}');
  const env = { NODE_OPTIONS: pretendOldNode(directory.path) };
  const alone = await startProgram([node, join(directory.path, "bin", "appconn.js"), "version"], { env })
    .ended;
  assert.equal(alone.code, 1);
  assert.match(alone.stderr, /^appconn needs Node 24 or newer, and this is v/);
});

/** A folder that looks like a checkout, with an npm that only notes how it was called. */
class Checkout extends TemporaryDirectory {
  readonly calls = join(this.path, "calls");
  readonly #npm = join(this.path, "npm.js");
  /** What the pinned Node does, in the words of a shell. */
  pinnedNode = "exit 0";

  constructor() {
    super();
    mkdirSync(join(this.path, "scripts"));
    copyFileSync(join(repositoryRoot, "scripts/install.js"), join(this.path, "scripts/install.js"));
    writeFileSync(join(this.path, "package.json"), '{"type":"module"}');
    this.npmEnds(0);
    this.lock("1.0.0");
  }

  lock(version: string): void {
    const packages = {
      "": { name: "checkout" },
      "node_modules/a": { version, integrity: `sha512-${version}` },
      "node_modules/b": { version: "1.0.0", integrity: "sha512-b", optional: true },
    };
    writeFileSync(join(this.path, "package-lock.json"), JSON.stringify({ packages }));
  }

  /** What npm does: lays down the packages, the pinned Node among them, and records what it did, last. */
  npmEnds(code: number): void {
    const effect = `
      import { appendFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
      appendFileSync(${JSON.stringify(this.calls)}, process.argv.slice(2).join(" ") + "\\n");
      if (${code} === 0) {
        const { packages: { "": root, "node_modules/b": optional, ...packages } } =
          JSON.parse(readFileSync("package-lock.json", "utf8"));
        const lay = (folder, script) => {
          mkdirSync(folder + "/bin", { recursive: true });
          writeFileSync(folder + "/bin/node", "#!/bin/sh\\n" + script, { mode: 0o755 });
        };
        if (process.argv[2] === "install") {
          const [, prefix] = /--prefix (\\S+)/.exec(process.argv.join(" "));
          lay(prefix + "/node_modules/node-" + process.platform + "-" + process.arch, "echo stand-in");
          process.exit(0);
        }
        rmSync("node_modules", { recursive: true, force: true });
        lay("node_modules/node", ${JSON.stringify(this.pinnedNode)});
        writeFileSync("node_modules/.package-lock.json", JSON.stringify({ packages }));
      }
      process.exit(${code});`;
    writeFileSync(this.#npm, effect);
  }

  async install(env: Readonly<Record<string, string>> = {}) {
    const words = [node, join(this.path, "scripts/install.js")] as const;
    return await startProgram(words, { env: { npm_execpath: this.#npm, ...env }, cwd: "/" }).ended;
  }

  /** What `node` is for the scripts of the package. */
  async startNode() {
    return await startProgram([join(this.path, "node_modules/node/bin/node"), "--version"]).ended;
  }

  get installations(): readonly string[] {
    return existsSync(this.calls) ? readFileSync(this.calls, "utf8").trimEnd().split("\n") : [];
  }
}

const CI = "ci --loglevel=error --no-audit --no-fund";

test("install - what is missing is installed once, then nothing is said or done", async () => {
  using checkout = new Checkout();
  const first = await checkout.install();
  assert.deepEqual([first.code, first.stdout], [0, ""]);
  assert.match(first.stderr, /^Installing what is missing/);
  assert.deepEqual(await checkout.install(), { code: 0, stdout: "", stderr: "" });
  assert.deepEqual(checkout.installations, [CI]);
});

test("install - a changed lock file, a lost record and a lost Node each install again", async () => {
  using checkout = new Checkout();
  await checkout.install();
  checkout.lock("2.0.0");
  await checkout.install();
  rmSync(join(checkout.path, "node_modules/.package-lock.json"));
  await checkout.install();
  rmSync(join(checkout.path, "node_modules/node"), { recursive: true });
  await checkout.install();
  assert.equal(checkout.installations.length, 4);
});

test("install - two commands at once on a fresh clone install once", async () => {
  using checkout = new Checkout();
  const both = await Promise.all([checkout.install(), checkout.install()]);
  assert.deepEqual(
    both.map(({ code }) => code),
    [0, 0],
  );
  assert.deepEqual(checkout.installations, [CI]);
});

/** As a Node that was linked with a library that the machine lacks. */
const LACKS_LIBRARY = "echo 'node: error while loading shared libraries: libatomic.so.1: none' >&2; exit 127";

test("install - a pinned Node that does not start is replaced by the machine's own where that suits", async () => {
  using checkout = new Checkout();
  checkout.pinnedNode = LACKS_LIBRARY;
  checkout.npmEnds(0);
  const first = await checkout.install();
  assert.equal(first.code, 0, first.stderr);
  assert.match(first.stderr, /does not start here \(error while .*: libatomic\.so\.1: none\)\.\n$/);
  assert.equal((await checkout.startNode()).stdout, `${process.version}\n`);
  assert.deepEqual(await checkout.install(), { code: 0, stdout: "", stderr: "" });
  assert.deepEqual(checkout.installations, [CI]);
});

test("install - on an old machine another Node is installed in place of a pinned one that does not start", async () => {
  using checkout = new Checkout();
  checkout.pinnedNode = LACKS_LIBRARY;
  checkout.npmEnds(0);
  const old = { NODE_OPTIONS: pretendOldNode(checkout.path) };
  const first = await checkout.install(old);
  assert.equal(first.code, 0, first.stderr);
  assert.match(first.stderr, /\nInstalling Node 24\.\d+\.\d+ in its place …\n$/);
  assert.equal((await checkout.startNode()).stdout, "stand-in\n");
  assert.deepEqual(await checkout.install(old), { code: 0, stdout: "", stderr: "" });
  assert.equal(checkout.installations.length, 2);
});

test("install - that npm failed is passed on, and the next try is a new one", async () => {
  using checkout = new Checkout();
  checkout.npmEnds(7);
  const failed = await checkout.install();
  assert.equal(failed.code, 7);
  assert.match(failed.stderr, /npm ci failed\n$/);
  checkout.npmEnds(0);
  assert.equal((await checkout.install()).code, 0);
});

test("npm test - a folder or a file runs alone, words with a dash go to the runner, failures are passed on", async () => {
  using directory = new TemporaryDirectory();
  const script = join(repositoryRoot, "scripts/test.js");
  const file = join(directory.path, "one.test.js");
  writeFileSync(
    file,
    'import { test } from "node:test"; test("first", () => {}); test("second", () => { throw new Error(); });',
  );
  const only = await startProgram([node, script, file, "--test-name-pattern=first"]).ended;
  assert.equal(only.code, 0, only.stdout + only.stderr);
  assert.match(only.stdout, /pass 1\n/);
  const failing = await startProgram([node, script, file]).ended;
  assert.equal(failing.code, 1);
  assert.match(failing.stdout, /fail 1\n/);
  const folder = await startProgram([node, script, "test/unit/config", "--test-name-pattern=nearest name"])
    .ended;
  assert.equal(folder.code, 0, folder.stdout);
});

test("npm test - its last line says how to get the programs whose tests were skipped", async () => {
  using directory = new TemporaryDirectory();
  const script = join(repositoryRoot, "scripts/test.js");
  // Nothing is on PATH, and nothing has been built. With CI set nothing may be skipped.
  const env = { PATH: directory.path, XDG_CACHE_HOME: directory.path, CI: "" };
  const { code, stdout } = await startProgram([node, script, "test/e2e/helm.test.ts"], { env }).ended;
  assert.equal(code, 0, stdout);
  const names = binaries.map(({ name }) => name);
  const [line = ""] = stdout.split("\n").slice(-2);
  assert.match(line, /^Tests with schemathesis, kubectl, .* and versitygw were skipped\. /);
  assert.ok(line.endsWith(`: npx node test/tools/provide.ts ${names.join(" ")}`), line);
  mkdirSync(join(directory.path, "bin"));
  for (const name of names) writeFileSync(join(directory.path, "bin", name), "");
  const all = { PATH: join(directory.path, "bin"), XDG_CACHE_HOME: directory.path };
  const nothing = await startProgram([node, join(repositoryRoot, "test/tools/missing.ts")], { env: all })
    .ended;
  assert.deepEqual([nothing.code, nothing.stdout], [0, ""]);
});
