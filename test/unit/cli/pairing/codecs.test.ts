import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";
import fc from "fast-check";
import { CommandError } from "../../../../src/cli/command-error.ts";
import { formatConnection, parseConnection } from "../../../../src/cli/pairing/connection-record.ts";
import { pairingInformation } from "../../../../src/cli/pairing/pairing-answers.ts";
import { formatPairingLink, parsePairingLink } from "../../../../src/cli/pairing/pairing-link.ts";
import { readHash } from "../../../../src/cli/pairing/read-hash.ts";
import { shellWord } from "../../../../src/cli/pairing/shell-word.ts";
import { dayAndTime, roughly } from "../../../../src/cli/pairing/times.ts";
import { lookupHost } from "../../../../src/cli/server/lookup-host.ts";

const hashes = fc.stringMatching(/^[0-9a-f]{64}$/);
/** URL-safe base64 with its padding, which stands in the link as it is. */
const tokens = fc
  .uint8Array({ minLength: 64, maxLength: 64 })
  .map((bytes) => Buffer.from(bytes).toString("base64").replaceAll("+", "-").replaceAll("/", "_"));

test("pairing link - what was printed is read again, whatever surrounds it when it is copied", () => {
  fc.assert(
    fc.property(tokens, fc.option(hashes), fc.constantFrom("", " ", "\n", "\r\n"), (token, hash, around) => {
      const url = `https://connector-service.localhost:8444/v1/applications/signingRequests/info?token=${token}`;
      const link = parsePairingLink(around + formatPairingLink(url, hash ?? undefined) + around);
      assert.equal(link.url.href, url);
      assert.equal(link.authorityHash, hash ?? undefined);
      assert.match(link.fingerprint, /^[0-9a-f]{64}$/);
    }),
  );
});

test("pairing link - the hash as openssl shows it, and whoever stands before the host, are understood", () => {
  const colons = "AB:".repeat(31) + "AB";
  const link = parsePairingLink(`https://user:secret@h.example/info?token=t#ca-sha256=${colons}`);
  assert.equal(link.authorityHash, "ab".repeat(32));
  assert.equal(link.url.href, "https://h.example/info?token=t");
});

test("pairing link - whatever the text is, it is read or refused, and no token is repeated", () => {
  const texts = fc.oneof(fc.string(), fc.webUrl(), fc.constantFrom("https:", "https://[::1]?token=SECRET#x"));
  fc.assert(
    fc.property(texts, (text) => {
      try {
        assert.equal(parsePairingLink(text).url.protocol, "https:");
      } catch (error) {
        assert.ok(error instanceof CommandError);
        assert.equal(error.exitCode, 2);
        assert.doesNotMatch(error.message, /SECRET/);
      }
    }),
  );
});

test("connection.json - what was written is read again; anything else is not", () => {
  const record = fc.record(
    {
      application: fc.string({ minLength: 1 }),
      subject: fc.string({ minLength: 1 }),
      serialNumber: fc.string(),
      hash: fc.string(),
      issuedAt: fc.string(),
      expiresAt: fc.string({ minLength: 1 }),
      serverTrust: fc.constantFrom("pinned" as const, "file" as const, "system" as const),
      urls: fc.dictionary(fc.string(), fc.string()),
      pairedWith: fc.string({ minLength: 1 }),
      revokedAt: fc.string({ minLength: 1 }),
    },
    {
      requiredKeys: [
        ...(["application", "subject", "serialNumber", "hash"] as const),
        ...(["issuedAt", "expiresAt", "serverTrust", "urls"] as const),
      ],
    },
  );
  fc.assert(
    fc.property(record, (one) => {
      const read = parseConnection(formatConnection(one));
      assert.deepEqual({ ...read, urls: { ...read?.urls } }, { ...one, urls: { ...one.urls } });
    }),
  );
  fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (text) => parseConnection(text) === undefined));
});

test("pairing information - whatever a server answers, it is understood or refused", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (body) => {
      const answer = { status: 200, body, authority: "" };
      assert.throws(() => pairingInformation(answer, "h.example"), CommandError);
    }),
  );
  const subjects = fc.array(
    fc.tuple(fc.constantFrom("C", "O", "OU", "L", "ST"), fc.string({ minLength: 1 })),
  );
  fc.assert(
    fc.property(subjects, fc.string({ unit: "grapheme", minLength: 1, maxLength: 60 }), (others, name) => {
      const text = [...others, ["CN", name]].map(([type, value]) => `${type}=${value}`).join(",");
      const body = { certificate: { subject: text }, csrUrl: "https://h.example/?token=t", api: 1, urls: [] };
      try {
        const { wanted, urls } = pairingInformation({ status: 200, body, authority: "" }, "h.example");
        const again = wanted.subject.map(({ type, value }) => `${type}=${value}`).join(",");
        assert.equal(again, text);
        assert.deepEqual(urls, { csrUrl: body.csrUrl });
      } catch (error) {
        assert.ok(error instanceof CommandError, String(error));
      }
    }),
  );
});

test("hash - as openssl, browsers and the table show it", () => {
  assert.equal(readHash(" AB:CD:EF:01 \n"), "abcdef01");
  for (const text of ["", "abcdef0", "g".repeat(64), "a".repeat(65)]) {
    assert.throws(() => readHash(text), CommandError);
  }
});

test("shell word - a shell reads back what was quoted", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), (text) => {
      fc.pre(!text.includes("\u0000"));
      assert.equal(execFileSync("sh", ["-c", `printf %s ${shellWord(text)}`]).toString(), text);
    }),
    { numRuns: 30 },
  );
});

test("times - as coarse as people speak", () => {
  assert.equal(dayAndTime("2027-02-19T15:04:05.678Z"), "2027-02-19 15:04 UTC");
  assert.equal(dayAndTime("soon"), "soon");
  const shown = [1, 30_000, 299_000, 3_600_000, 36 * 3_600_000, 90 * 86_400_000].map(roughly);
  assert.deepEqual(shown, ["1 second", "30 seconds", "5 minutes", "60 minutes", "36 hours", "90 days"]);
});

type Options = Parameters<typeof lookupHost>[1];

function found(name: string, options: Options): Promise<unknown> {
  return new Promise((resolve, reject) => {
    lookupHost(name, options, (error, address, family) =>
      error ? reject(error) : resolve({ address, family }),
    );
  });
}

test("lookup - names under localhost are this machine, all others the resolver's", async () => {
  for (const name of ["localhost", "gateway.localhost", "A.B.LOCALHOST."]) {
    // eslint-disable-next-line no-await-in-loop -- three
    assert.deepEqual(await found(name, {}), { address: "127.0.0.1", family: 4 });
  }
  assert.deepEqual(await found("a.localhost", { family: 6 }), { address: "::1", family: 6 });
  const { address } = (await found("a.localhost", { all: true })) as { address: unknown };
  assert.deepEqual(address, [
    { address: "127.0.0.1", family: 4 },
    { address: "::1", family: 6 },
  ]);
  assert.deepEqual(await found("192.0.2.7", {}), { address: "192.0.2.7", family: 4 });
  await assert.rejects(found("notlocalhost.invalid", {}));
});
