import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createPrivateKey, X509Certificate } from "node:crypto";
import { once } from "node:events";
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { realDisk } from "../../../../src/cli/pairing/disk.ts";
import { IDENTITY_FILES, type IdentityFiles } from "../../../../src/cli/pairing/identity-files.ts";
import { replaceIdentity } from "../../../../src/cli/pairing/replace-identity.ts";
import { P256 } from "../../../doubles/certificate-requests.ts";
import { makeAuthority } from "../../../doubles/client-authorities.ts";
import { TemporaryDirectory } from "../../../doubles/temporary-directory.ts";

const child = fileURLToPath(new URL("../../../doubles/killed-identity-writer.ts", import.meta.url));

function identity(name: string): IdentityFiles {
  const { certificate, key } = makeAuthority({ key: P256, subject: `/CN=${name}` });
  return {
    "client.key": key,
    "client.crt": certificate,
    "client-ca.crt": `${name}\n`,
    "server-ca.crt": `${name}\n`,
    "connection.json": `"${name}"\n`,
  };
}

const before = identity("before");
const after = identity("after");

/** Which identity a program finds by the names that it was told; undefined: none at all. */
function found(directory: string): "before" | "after" | undefined {
  const present = IDENTITY_FILES.filter((name) => existsSync(join(directory, name)));
  if (present.length === 0) return undefined;
  assert.deepEqual(present, [...IDENTITY_FILES]);
  const read = Object.fromEntries(
    IDENTITY_FILES.map((name) => [name, readFileSync(join(directory, name), "utf8")]),
  );
  const certificate = new X509Certificate(read["client.crt"]!);
  assert.ok(certificate.checkPrivateKey(createPrivateKey(read["client.key"]!)));
  if (certificate.subject === "CN=before") assert.deepEqual(read, before);
  else assert.deepEqual(read, after);
  return certificate.subject === "CN=before" ? "before" : "after";
}

/** Writes `after`, stopped before its n-th write; says whether it came to its end. */
type Writing = (directory: string, writes: number) => Promise<boolean>;

const killed: Writing = async (directory, writes) => {
  const running = spawn(process.execPath, [child], { stdio: ["pipe", "ignore", "inherit"] });
  running.stdin.end(JSON.stringify({ directory, files: after, writes }));
  const [status, signal] = (await once(running, "close")) as [number | null, string | null];
  assert.ok(signal === "SIGKILL" || status === 0, `status ${status}, signal ${signal}`);
  return status === 0;
};

/** The same without a process of its own for each: nothing is cleaned up behind an exception either. */
const stopped: Writing = async (directory, writes) => {
  const stop = new Error("stopped");
  let done = 0;
  const disk = new Proxy(realDisk, {
    get: (target, name: keyof typeof realDisk) => {
      if (name !== "newName" && done++ === writes) throw stop;
      return target[name];
    },
  });
  try {
    await replaceIdentity(directory, after, disk);
    return true;
  } catch (error) {
    assert.equal(error, stop);
    return false;
  }
};

/** Stops the writer before its first, second, … write, until it comes to its end; what was found each time. */
async function stoppedEverywhere(write: Writing, prepare: (directory: string) => void) {
  const states: (string | undefined)[] = [];
  for (let writes = 0; ; writes++) {
    assert.ok(writes < 100);
    using directory = new TemporaryDirectory();
    prepare(directory.path);
    // eslint-disable-next-line no-await-in-loop -- the last one ends the loop
    const isDone = await write(directory.path, writes);
    states.push(found(directory.path));
    if (isDone) return states;
    // And nothing of what was left stands in the way of the next attempt.
    // eslint-disable-next-line no-await-in-loop -- as above
    await replaceIdentity(directory.path, after, realDisk);
    assert.equal(found(directory.path), "after");
  }
}

/** First only the one, then only the other. */
function assertOneSwitch(states: readonly (string | undefined)[], first: string | undefined): void {
  const turn = states.indexOf("after");
  assert.ok(turn > 5, `${turn} writes before the switch`);
  assert.deepEqual(new Set(states.slice(0, turn)), new Set([first]));
  assert.deepEqual(new Set(states.slice(turn)), new Set(["after"]));
}

const written = (directory: string): void => {
  const path = join(directory, ".identity-0");
  mkdirSync(path);
  for (const name of IDENTITY_FILES) {
    writeFileSync(join(path, name), before[name], { mode: 0o600 });
    symlinkSync(join(".current", name), join(directory, name));
  }
  symlinkSync(".identity-0", join(directory, ".current"));
};

const plain = (directory: string): void => {
  for (const name of IDENTITY_FILES) writeFileSync(join(directory, name), before[name], { mode: 0o600 });
};

test("identity files - kill -9 before any write leaves the old identity whole, or the new one", async () => {
  assertOneSwitch(await stoppedEverywhere(killed, written), "before");
});

test("identity files - stopped before any write of the first identity, there is none, or all of it", async () => {
  assertOneSwitch(await stoppedEverywhere(stopped, () => undefined), undefined);
});

test("identity files - stopped while plain files are taken over, the old identity is whole, or the new one", async () => {
  assertOneSwitch(await stoppedEverywhere(stopped, plain), "before");
});

test("identity files - what an interrupted writer left an hour ago goes, and nothing else does", async () => {
  using directory = new TemporaryDirectory();
  const at = (name: string) => join(directory.path, name);
  for (const name of [".identity-old", ".identity-new", "mine"]) mkdirSync(at(name));
  symlinkSync("nowhere", at(".link-old"));
  const past = Date.now() / 1000 - 7200;
  for (const name of [".identity-old", "mine"]) utimesSync(at(name), past, past);
  await replaceIdentity(directory.path, after, realDisk);
  const left = readdirSync(directory.path).filter((name) => !name.endsWith(".crt"));
  assert.ok(!left.includes(".identity-old"));
  assert.ok(left.includes(".identity-new") && left.includes("mine"));
  assert.equal(found(directory.path), "after");
});

test("identity files - a link of somebody else's is replaced, and what it leads to is not touched", async () => {
  using directory = new TemporaryDirectory();
  using elsewhere = new TemporaryDirectory();
  const victim = join(elsewhere.path, "victim");
  writeFileSync(victim, "precious");
  symlinkSync(victim, join(directory.path, "client.key"));
  symlinkSync(elsewhere.path, join(directory.path, ".current"));
  await replaceIdentity(directory.path, after, realDisk);
  assert.equal(found(directory.path), "after");
  assert.equal(readFileSync(victim, "utf8"), "precious");
  assert.deepEqual(readdirSync(elsewhere.path), ["victim"]);
  assert.ok(lstatSync(join(directory.path, ".current")).isSymbolicLink());
});
