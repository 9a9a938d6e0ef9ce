import assert from "node:assert/strict";
import { test } from "node:test";
import { dataDirectorySetting, defaultDataDirectory } from "../../../src/config/data-directory.ts";

test("data directory - the XDG base is used when it is absolute, else the home's", () => {
  assert.equal(defaultDataDirectory({ XDG_DATA_HOME: "/data", HOME: "/home/a" }), "/data/appconn");
  assert.equal(
    defaultDataDirectory({ XDG_DATA_HOME: "rel", HOME: "/home/a" }),
    "/home/a/.local/share/appconn",
  );
  assert.equal(defaultDataDirectory({ HOME: "/home/a" }), "/home/a/.local/share/appconn");
});

test("data directory - a relative one is taken from where the command runs", () => {
  const setting = dataDirectorySetting({ HOME: "/home/a" });
  assert.equal(setting.parse("here"), `${process.cwd()}/here`);
  assert.equal(setting.parse(""), undefined);
  assert.equal(setting.shown, "$XDG_DATA_HOME/appconn, else ~/.local/share/appconn");
});
