import assert from "node:assert/strict";
import { test } from "node:test";
import { LOG_LEVELS, logLevelNamed } from "../../../src/telemetry/log-level.ts";
import { createLog, type LogOptions } from "../../../src/telemetry/log.ts";
import { FakeClock } from "../../doubles/fake-clock.ts";

function aLog(form: LogOptions["form"] = "json", level: LogOptions["level"] = "info") {
  const lines: string[] = [];
  const { log, level: levelSwitch } = createLog({
    level,
    form,
    write: (line) => void lines.push(line),
    clock: new FakeClock(Date.UTC(2026, 10, 21, 12, 2, 24, 7)),
  });
  return { log, level: levelSwitch, lines, records: () => lines.map((line) => JSON.parse(line) as unknown) };
}

test("log - a line is one JSON object with level, time, message and fields", () => {
  const { log, lines } = aLog();
  log.info("listening", { port: 8080, host: "127.0.0.1" });
  const expected = `{"level":"info","time":"2026-11-21T12:02:24.007Z","port":8080,"host":"127.0.0.1","message":"listening"}\n`;
  assert.deepEqual(lines, [expected]);
});

for (const form of ["json", "terminal"] as const) {
  test(`log - the level changes at run time, for children too (${form})`, () => {
    const { log, level, lines } = aLog(form);
    const child = log.child({ part: "gateway" });
    child.debug("unseen");
    level.set("debug");
    child.debug("seen");
    level.set("fatal");
    child.error("unseen");
    log.fatal("seen too");
    assert.equal(lines.length, 2);
    assert.match(lines[0] ?? "", /gateway/);
    assert.equal(level.get(), "fatal");
  });

  test(`log - every threshold of the original lets through what is as high or higher (${form})`, () => {
    const seen = LOG_LEVELS.map((threshold) => {
      const { log, lines } = aLog(form, threshold);
      for (const name of ["debug", "info", "warn", "error", "fatal"] as const) log[name]("x");
      return lines.length;
    });
    assert.deepEqual(seen, [5, 4, 3, 2, 1, 1, 1]);
  });

  test(`log - no message, field name or value can begin a second line (${form})`, () => {
    const { log, lines } = aLog(form);
    const evil = 'x\n{"level":"error","message":"forged"}\r\u2028\u0085\u001B[2J\u202E';
    log.info(evil, { [evil]: evil, nested: { [evil]: [evil] }, error: new Error(evil, { cause: evil }) });
    assert.equal(lines.length, 1);
    assert.match(lines[0] ?? "", /^[\x20-\x7e←]+\n$/);
  });
}

test("log - fields cannot pass for the level, time, message or kind of the line", () => {
  const { log, records } = aLog();
  log.info("real", { level: "fatal", message: "forged", time: "never", log: "access" });
  const record = records()[0] as Record<string, unknown>;
  assert.equal(record["level"], "info");
  assert.equal(record["message"], "real");
  assert.equal(record["log"], undefined);
  assert.deepEqual([record["level_"], record["message_"], record["log_"]], ["fatal", "forged", "access"]);
});

test("log - messages are no format strings", () => {
  const { log, records } = aLog();
  log.info("100%s of %d%%", { a: 1 });
  assert.equal((records()[0] as Record<string, unknown>)["message"], "100%s of %d%%");
});

test("log - an error is written with its causes, codes and frames", () => {
  const { log, records } = aLog();
  const cause = Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED" });
  log.error("store is down", { error: new TypeError("no store", { cause }) });
  const { error } = records()[0] as { error: Record<string, Record<string, unknown>> };
  assert.equal(error["name"], "TypeError");
  assert.equal(error["cause"]?.["code"], "ECONNREFUSED");
  assert.ok(Array.isArray(error["stack"]));
});

test("log - a terminal gets one readable line with the causes of an error", () => {
  const { log, lines } = aLog("terminal");
  log.warn("token refused", {
    application: "shop",
    status: 401,
    note: "two words",
    error: new Error("outer", { cause: new Error("inner") }),
  });
  const expected =
    /^\d\d:\d\d:24\.007 WARN {2}token refused {2}application=shop {2}status=401 {2}note="two words" {2}error="outer ← inner"\n$/;
  assert.match(lines[0] ?? "", expected);
});

test("log - colours only where they are asked for", () => {
  const coloured = aLog("coloured");
  coloured.log.error("x");
  assert.ok(coloured.lines[0]?.endsWith("\u001B[31mERROR\u001B[0m x\n"));
  const plain = aLog("terminal");
  plain.log.error("x");
  assert.ok(plain.lines[0]?.endsWith("ERROR x\n"));
});

test("log - levels are read as the original reads them", () => {
  const read = ["INFO", "Warn", "warning", "", "dpanic", "verbose", "trace"].map(logLevelNamed);
  assert.deepEqual(read, ["info", "warn", "warn", "info", "dpanic", undefined, undefined]);
});
