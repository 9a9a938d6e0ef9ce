import assert from "node:assert/strict";
import { test } from "node:test";
import { apiNumbers, type ApiNumbers } from "../../../../src/cli/live/api-numbers.ts";
import { KnownApis } from "../../../../src/cli/live/known-apis.ts";
import { numbersTable, summaryLines } from "../../../../src/cli/live/numbers-table.ts";

const LINE = {
  seconds: 2,
  calls: [
    {
      application: "shop",
      service: "orders-api",
      entry: "rest",
      calls: 200,
      errors: 3,
      refused: 1,
      inFlight: 7,
      p50: 3.14,
      p99: 1234.5,
    },
    { application: "", service: "", entry: "", calls: 2, refused: 2, p50: 12.4, p99: null },
  ],
};

const plain = {
  emphasis: (_: string, text: string) => text,
  width: 200,
  height: 100,
  order: "calls",
} as const;

const named = (application: string, calls: number): ApiNumbers => ({
  names: [application, "s", "e"],
  calls,
  errors: 0,
  refused: 0,
  inFlight: 0,
  p50: undefined,
  p99: undefined,
});

test("top - rates are per second, durations are in the unit that fits, and calls of no API have no name", () => {
  assert.deepEqual(numbersTable(apiNumbers(LINE), plain), [
    "APPLICATION  SERVICE     ENTRY  CALLS/S  5XX/S  REFUSED/S     P50    P99  IN FLIGHT",
    "shop         orders-api  rest     100.0    1.5        0.5  3.1 ms  1.2 s          7",
    "-            -           -          1.0    0.0        1.0   12 ms      -          0",
  ]);
});

test("top - the head sums up what is shown, in a second line where the first has no room", () => {
  const rows = apiNumbers(LINE);
  assert.deepEqual(summaryLines(rows, { time: "12:02:24", width: 120 }), [
    "appconn top  12:02:24   1 API of 1 Application   101.0 calls/s   5xx 1.5 %   refused 1.5 %   7 in flight",
    "",
  ]);
  assert.deepEqual(summaryLines(rows, { time: "12:02:24", width: 80 }), [
    "appconn top  12:02:24   1 API of 1 Application",
    "101.0 calls/s   5xx 1.5 %   refused 1.5 %   7 in flight",
  ]);
  const [nothing] = summaryLines([], { time: "12:02:24", width: 120 });
  assert.match(nothing, /0 APIs of 0 Applications {3}0\.0 calls\/s {3}5xx 0\.0 %/);
});

test("top - on a narrow terminal names lose their middle, and no number is lost", () => {
  const names = ["an-application-with-a-long-name", "a-service-with-a-long-name-12", "rest"] as const;
  const rows = [{ ...named("", 123.4), names, p50: 3.1, p99: 1234, inFlight: 7 }];
  assert.deepEqual(numbersTable(rows, { ...plain, width: 80 }), [
    "APPLICATI  SERVICE    ENTRY  CALLS/S  5XX/S  REFUSED/S     P50    P99  IN FLIGHT",
    "an-a…name  a-se…e-12  rest     123.4    0.0        0.0  3.1 ms  1.2 s          7",
  ]);
  for (const line of numbersTable(rows, { ...plain, width: 100 })) assert.equal(line.length, 100);
  // Too narrow for anything: the beginning is shown.
  for (const line of numbersTable(rows, { ...plain, width: 40 })) assert.equal(line.length, 40);
});

test("top - what has no room is counted, the busiest come first and equal ones by their names", () => {
  const rows = [named("b", 1), named("a", 1), named("z", 9), named("c", 1)];
  const lines = numbersTable(rows, { ...plain, height: 4 });
  assert.deepEqual(
    lines.map((line) => line.split(" ")[0]),
    ["APPLICATION", "z", "a", "and"],
  );
  assert.equal(lines.at(-1), "and 2 more");
  assert.deepEqual(
    numbersTable(rows, { ...plain, height: 5 }).map((line) => line.split(" ")[0]),
    ["APPLICATION", "z", "a", "b", "c"],
  );
});

test("top - another column may say what comes first", () => {
  const rows = [{ ...named("calls", 9), p99: 1 }, { ...named("slow", 1), p99: 5 }, named("silent", 0)];
  const first = numbersTable(rows, { ...plain, order: "p99" }).map((line) => line.split(" ")[0]);
  assert.deepEqual(first, ["APPLICATION", "slow", "calls", "silent"]);
});

test("top - a line is cut where the terminal ends, and colours never count as characters", () => {
  const marked = { ...plain, emphasis: (style: string, text: string) => `<${style}>${text}</>` };
  const [, whole = ""] = numbersTable(apiNumbers(LINE), marked);
  assert.match(whole, /<red> +1\.5<\/> {2}<yellow> +0\.5<\/>/);
  const [head = "", cut = ""] = numbersTable(apiNumbers(LINE), { ...marked, width: 40 });
  assert.equal(head, "<bold>APPLIC  SERVIC  ENTRY  CALLS/S  5XX/S  R</>");
  assert.equal(cut.length, 40);
  assert.doesNotMatch(cut, /</);
});

test("top - names that others wrote move no cursor", () => {
  const line = numbersTable([named("a\u001B[2Jb", 1)], plain)[1] ?? "";
  assert.ok(line.startsWith("a [2Jb "), line);
});

test("top - an API that is not called any more stays for a while, with zeros", () => {
  const apis = new KnownApis();
  apis.take([named("a", 5)]);
  assert.deepEqual(apis.take([named("b", 1)]), [named("a", 0), named("b", 1)]);
  for (let table = 0; table < 14; table++) apis.take([named("b", 1)]);
  assert.deepEqual(apis.take([named("b", 1)]), [named("b", 1)]);
});
