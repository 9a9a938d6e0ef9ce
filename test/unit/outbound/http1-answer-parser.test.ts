import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { TransportError } from "../../../src/outbound/transport-error.ts";
import { parseAnswer } from "../../doubles/parsed-answer.ts";

type Headers = readonly (readonly [name: string, value: string])[];

type Framing =
  | { readonly kind: "length"; readonly body: string }
  | {
      readonly kind: "chunked";
      readonly chunks: readonly string[];
      readonly extension: string;
      readonly trailers: Headers;
    }
  | { readonly kind: "until-close"; readonly body: string }
  | { readonly kind: "none" };

interface Answer {
  readonly informational: readonly { readonly status: number; readonly headers: Headers }[];
  readonly status: number;
  readonly reason: string;
  readonly headers: Headers;
  readonly framing: Framing;
}

const visible = fc.integer({ min: 0x21, max: 0xff }).filter((code) => code !== 0x7f && code !== 0xa0);
const text = fc.string({ unit: visible.map((code) => String.fromCharCode(code)) });
const value = fc.array(text, { maxLength: 3 }).map((words) => words.filter((word) => word !== "").join(" "));
const name = fc
  .string({ unit: fc.constantFrom(..."abcXYZ019-_.!~".split("")), minLength: 1, maxLength: 20 })
  .filter((word) => !/^(content-length|transfer-encoding)$/i.test(word));
const headers: fc.Arbitrary<Headers> = fc.array(fc.tuple(name, value), { maxLength: 5 });
const bytes = fc.string({
  unit: fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code)),
  maxLength: 300,
});

const framing: fc.Arbitrary<Framing> = fc.oneof(
  fc.record({ kind: fc.constant("length" as const), body: bytes }),
  fc.record({
    kind: fc.constant("chunked" as const),
    chunks: fc.array(
      bytes.filter((chunk) => chunk !== ""),
      { maxLength: 5 },
    ),
    extension: fc.constantFrom("", ";a", ' ; a="b c"'),
    trailers: headers,
  }),
  fc.record({ kind: fc.constant("until-close" as const), body: bytes }),
  fc.record({ kind: fc.constant("none" as const) }),
);

const answers: fc.Arbitrary<Answer> = fc.record({
  informational: fc.array(fc.record({ status: fc.constantFrom(100, 102, 103, 199), headers }), {
    maxLength: 3,
  }),
  status: fc.integer({ min: 200, max: 999 }).filter((status) => status !== 204 && status !== 304),
  reason: value,
  headers,
  framing,
});

function written({ informational, status, reason, headers: own, framing: body }: Answer): string {
  const early = informational.map((one) => `HTTP/1.1 ${one.status} Early\r\n${lines(one.headers)}\r\n`);
  return `${early.join("")}HTTP/1.1 ${body.kind === "none" ? 204 : status} ${reason}\r\n${lines(own)}${framed(body)}`;
}

function framed(body: Framing): string {
  switch (body.kind) {
    case "none":
      return "\r\n";
    case "until-close":
      return `\r\n${body.body}`;
    case "length":
      return `Content-Length: ${body.body.length}\r\n\r\n${body.body}`;
    case "chunked": {
      const chunk = (data: string) => `${data.length.toString(16)}${body.extension}\r\n${data}\r\n`;
      const data = body.chunks.map(chunk).join("");
      return `Transfer-Encoding: chunked\r\n\r\n${data}0\r\n${lines(body.trailers)}\r\n`;
    }
  }
}

function lines(of: Headers): string {
  return of.map(([key, item]) => `${key}: ${item}\r\n`).join("");
}

/** Cut at these places, counted around the length. */
function cut(bytesOfAll: string, places: readonly number[]): string[] {
  const sorted = [...new Set(places.map((place) => place % (bytesOfAll.length + 1)))].toSorted(
    (one, other) => one - other,
  );
  return [...sorted, bytesOfAll.length].map((end, index) => bytesOfAll.slice(sorted[index - 1] ?? 0, end));
}

const places = fc.array(fc.nat(100_000), { maxLength: 12 });

function expectedBody(body: Framing): string {
  if (body.kind === "none") return "";
  return body.kind === "chunked" ? body.chunks.join("") : body.body;
}

test("http1 answer parser - an answer means the same wherever its bytes are cut", () => {
  fc.assert(
    fc.property(answers, places, (answer, cuts) => {
      const parsed = parseAnswer(cut(written(answer), cuts));
      assert.equal(parsed.error, undefined);
      assert.deepEqual(
        parsed.informational,
        answer.informational.map((one) => [one.status, one.headers.flat()]),
      );
      assert.equal(parsed.started.length, 1);
      const [status, received] = parsed.started[0] ?? [0, []];
      assert.equal(status, answer.framing.kind === "none" ? 204 : answer.status);
      assert.deepEqual(received.slice(0, answer.headers.length * 2), answer.headers.flat());
      assert.equal(parsed.body, expectedBody(answer.framing));
      assert.deepEqual(parsed.ended, [
        answer.framing.kind === "chunked" ? answer.framing.trailers.flat() : [],
      ]);
      assert.deepEqual([parsed.excess, parsed.late], [false, 0]);
    }),
    { numRuns: 2000 },
  );
});

test("http1 answer parser - an answer in single bytes means the same as in one piece", () => {
  fc.assert(
    fc.property(answers, (answer) => {
      const all = written(answer);
      assert.deepEqual(parseAnswer(all.split("")), parseAnswer([all]));
    }),
  );
});

test("http1 answer parser - what follows an answer is told, wherever it is cut, and is never another answer", () => {
  const delimited = answers.filter((answer) => answer.framing.kind !== "until-close");
  const followed = fc.tuple(delimited, delimited, places);
  fc.assert(
    fc.property(followed, ([answer, next, cuts]) => {
      const parsed = parseAnswer(cut(written(answer) + written(next), cuts));
      assert.deepEqual([parsed.excess, parsed.late, parsed.error], [true, 0, undefined]);
      assert.deepEqual([parsed.started.length, parsed.ended.length], [1, 1]);
      assert.equal(parsed.body, expectedBody(answer.framing));
    }),
    { numRuns: 1000 },
  );
});

interface Mutation {
  readonly place: number;
  readonly removed: number;
  readonly inserted: string;
}

const mutations: fc.Arbitrary<readonly Mutation[]> = fc.array(
  fc.record({
    place: fc.nat(2000),
    removed: fc.nat(3),
    inserted: fc.oneof(
      fc.constantFrom("\r", "\n", "\r\n", "\r\n\r\n", "\0", " ", "\t", ":", "0", "5", ";", "HTTP/1.1 200 OK"),
      fc.constantFrom("\r\nContent-Length: 5", "\r\nTransfer-Encoding: chunked", "\r\n0\r\n\r\n", "-", "+"),
      bytes,
    ),
  }),
  { minLength: 1, maxLength: 5 },
);

function mutated(original: string, changes: readonly Mutation[]): string {
  let result = original;
  for (const { place, removed, inserted } of changes) {
    const at = place % (result.length + 1);
    result = result.slice(0, at) + inserted + result.slice(at + removed);
  }
  return result;
}

test("http1 answer parser - damaged answers give one answer or an error, and nothing after either", () => {
  fc.assert(
    fc.property(fc.tuple(answers, mutations, places, fc.boolean()), ([answer, changes, cuts, toHead]) => {
      const parsed = parseAnswer(cut(mutated(written(answer), changes), cuts), { toHead });
      assert.ok(parsed.started.length <= 1 && parsed.ended.length <= parsed.started.length);
      assert.equal(parsed.late, 0);
      assert.ok(parsed.error === undefined || parsed.error instanceof TransportError);
      // The connection was closed at the end, so that nothing is left to wait for.
      assert.notEqual(parsed.ended.length === 1, parsed.error !== undefined);
      // An error repeats nothing that the target sent.
      if (parsed.error) assert.match(parsed.error.message, /^[a-zA-Z0-9 /.-]*$/);
    }),
    { numRuns: 5000 },
  );
});

for (const [what, answer] of [
  ["a length", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"],
  ["a coding", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"],
  ["neither", "HTTP/1.1 200 OK\r\n\r\n"],
] as const) {
  test(`http1 answer parser - an answer to HEAD with ${what} ends with its head`, () => {
    const parsed = parseAnswer([answer], { toHead: true, closed: false });
    assert.deepEqual([parsed.ended, parsed.excess], [[[]], false]);
    assert.equal(parseAnswer([`${answer}hello`], { toHead: true }).excess, true);
  });
}

for (const status of [204, 304]) {
  test(`http1 answer parser - ${status} ends with its head, whatever it says`, () => {
    for (const header of ["", "Content-Length: 5\r\n", "Transfer-Encoding: chunked\r\n"]) {
      const parsed = parseAnswer([`HTTP/1.1 ${status} X\r\n${header}\r\n`], { closed: false });
      assert.deepEqual([parsed.ended, parsed.excess], [[[]], false]);
    }
  });
}

for (const [flaw, answer, code] of [
  ["a protocol switch", "HTTP/1.1 101 Switching\r\nUpgrade: x\r\n\r\n", "MALFORMED_ANSWER"],
  [
    "an informational answer with a length",
    "HTTP/1.1 103 X\r\nContent-Length: 5\r\n\r\nhello",
    "MALFORMED_ANSWER",
  ],
  [
    "a chunked informational answer",
    "HTTP/1.1 103 X\r\nTransfer-Encoding: chunked\r\n\r\n",
    "MALFORMED_ANSWER",
  ],
  ["a storm of informational answers", "HTTP/1.1 100 Continue\r\n\r\n".repeat(65), "MALFORMED_ANSWER"],
  ["an empty line before the answer", "\r\nHTTP/1.1 200 OK\r\n\r\n", "MALFORMED_ANSWER"],
  ["a head that line feeds end", "HTTP/1.1 200 OK\nContent-Length: 0\n\n", "MALFORMED_ANSWER"],
  ["a head one line of which ends with a line feed", "HTTP/1.1 200 OK\r\nA: b\nC: d\r\n", "MALFORMED_ANSWER"],
  ["no answer", "", "CLOSED_BEFORE_ANSWER"],
  ["an informational answer alone", "HTTP/1.1 103 X\r\n\r\n", "CLOSED_BEFORE_ANSWER"],
  ["half a head", "HTTP/1.1 200 OK\r\n", "ANSWER_TOO_SHORT"],
  ["half a body", "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nhello", "ANSWER_TOO_SHORT"],
] as const) {
  test(`http1 answer parser - ${flaw}: ${code}`, () => {
    assert.equal(parseAnswer([answer]).error?.code, code);
    assert.equal(parseAnswer(answer.split("")).error?.code, code);
  });
}

for (const [protocol, greeting] of [
  ["SSH", "SSH-2.0-OpenSSH_9.7\r\n"],
  ["SMTP", "220 mail.example ESMTP\r\n"],
  ["HTTP/2 without TLS", "\0\0\x06\x04\0\0\0\0\0\0\x03\0\0\0\x10"],
  ["TLS", "\x15\x03\x01\0\x02\x02\x46"],
  ["HTTP/2 as a version", "HTTP/2 200\r\n"],
  ["HTTP/1.1 with line feeds alone", "HTTP/1.1 200 OK\nContent-Length: 0\n\n"],
] as const) {
  test(`http1 answer parser - ${protocol} is no answer as soon as it begins, not only when it ends`, () => {
    for (const pieces of [[greeting], greeting.split("")])
      assert.equal(parseAnswer(pieces, { closed: false }).error?.code, "MALFORMED_ANSWER");
  });
}

test("http1 answer parser - a head may be large, but not larger than 64 KiB, ended or not", () => {
  const head = (size: number) => {
    const start = "HTTP/1.1 200 OK\r\nX-Filler: ";
    return start + "x".repeat(size - start.length);
  };
  assert.equal(parseAnswer([`${head(65_536)}\r\n\r\n`]).error, undefined);
  assert.equal(parseAnswer([`${head(65_537)}\r\n\r\n`]).error?.code, "HEAD_TOO_LARGE");
  assert.equal(
    parseAnswer([head(40_000), "x".repeat(40_000)], { closed: false }).error?.code,
    "HEAD_TOO_LARGE",
  );
});

test("http1 answer parser - 64 informational answers are passed on", () => {
  const parsed = parseAnswer([`${"HTTP/1.1 102 Processing\r\n\r\n".repeat(64)}HTTP/1.1 204 X\r\n\r\n`]);
  assert.deepEqual([parsed.informational.length, parsed.started.length], [64, 1]);
});
