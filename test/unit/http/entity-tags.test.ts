import { equal, ok } from "node:assert/strict";
import { test } from "node:test";
import { entityTag, ifMatch, isKnownTag } from "../../../src/http/entity-tags.ts";

test("entity tags - If-Match takes a list and a star, and no weak tag", () => {
  equal(ifMatch(undefined), undefined);
  ok(ifMatch("*")?.("ab"));
  ok(ifMatch(`"cd", ${entityTag("ab")}`)?.("ab"));
  ok(!ifMatch(`W/${entityTag("ab")}`)?.("ab"));
  ok(!ifMatch("")?.("ab"));
  ok(!ifMatch('"cd", *')?.("ab"));
});

test("entity tags - If-None-Match takes weak tags too", () => {
  ok(isKnownTag(`"cd",W/${entityTag("ab")}`, "ab"));
  ok(isKnownTag("*", "ab"));
  ok(!isKnownTag('"cd", *', "ab"));
  ok(!isKnownTag(undefined, "ab"));
  ok(!isKnownTag('"cd"', "ab"));
});
