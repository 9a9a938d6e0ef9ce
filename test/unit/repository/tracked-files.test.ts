import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { test } from "node:test";
import { repositoryRoot } from "../../architecture/source-files.ts";
import { trackedFiles } from "./tracked-files.ts";

const files = trackedFiles();

/** Files, given as lines `path:line`, with a line that matches. */
function linesWith(matches: (line: string) => boolean): readonly string[] {
  return files.flatMap((path) =>
    readFileSync(`${repositoryRoot}/${path}`, "utf8")
      .split("\n")
      .flatMap((line, index) => (matches(line) ? [`${path}:${index + 1}`] : [])),
  );
}

test("tracked files - nothing that is installed, built or measured is among them", () => {
  assert.ok(files.includes("package.json"));
  const foreign = files.filter((path) =>
    /(^|\/)(node_modules|dist|coverage)\/|\.(log|cpuprofile|db)$/.test(path),
  );
  assert.deepEqual(foreign, []);
});

test("tracked files - no private key is among them: fixtures make their own", () => {
  // A whole block with its base64, not the words in a check or a message.
  const keys = files.filter((path) =>
    /-----BEGIN [A-Z ]*PRIVATE KEY-----\s+[A-Za-z0-9+/=]{40,}/.test(
      readFileSync(`${repositoryRoot}/${path}`, "utf8"),
    ),
  );
  assert.deepEqual(keys, []);
});

test("tracked files - no path of this machine and no mark of a merge is left in them", () => {
  const here = [repositoryRoot, homedir()].filter((path) => path.length > "/root".length);
  for (const path of here)
    assert.deepEqual(
      linesWith((line) => line.includes(path)),
      [],
    );
  assert.deepEqual(
    linesWith((line) => /^(<{7}|>{7}) /.test(line)),
    [],
  );
});

test("tracked files - every test file is found by the test command", () => {
  // Those in YAML are promtool's, which a test runs.
  const tests = files.filter((path) => path.includes(".test.") && !path.endsWith(".yaml"));
  const misplaced = tests.filter((path) => !path.startsWith("test/") || !path.endsWith(".test.ts"));
  assert.deepEqual(misplaced, []);
});

/** Names that belong to nobody (RFC 2606, RFC 6761), addresses, names of one label, and inner names of a cluster. */
const NOBODYS =
  /^[^.]+$|^[\d.]+$|(^|\.)(example(\.(com|net|org))?|test|invalid|localhost)$|\.(svc(\.cluster\.local)?|local|kyma-system)$/i;

/** What documents and settings may point at in the world. */
const KNOWN = ["semver.org", "no-color.org", "www.apache.org", "json-schema.org"];

test("tracked files - the hosts that they name are reserved for examples, or known to everybody", () => {
  const hosts = files
    .filter((path) => !/(^|\/)(package-lock\.json|go\.sum)$/.test(path))
    .flatMap((path) => [
      ...readFileSync(`${repositoryRoot}/${path}`, "utf8").matchAll(
        /\bhttps?:\/\/([A-Za-z0-9][A-Za-z0-9.-]*)/g,
      ),
    ])
    .map(([, host = ""]) => host.replace(/\.$/, ""));
  const others = new Set(hosts.filter((host) => !NOBODYS.test(host) && !KNOWN.includes(host)));
  assert.deepEqual([...others], []);
});
