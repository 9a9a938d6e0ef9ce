import assert from "node:assert/strict";
import { test } from "node:test";
import { maskedUrl } from "../../../src/registry/masked-url.ts";

test("masked URL - user information of any form is masked", () => {
  for (const url of [
    "https://user:hunter2@host.example/a",
    "https://hunter2@host.example/a",
    "https://:hunter2@host.example/a",
    "https://user:hun@ter2@host.example/a",
  ]) {
    assert.equal(maskedUrl(url), "https://***:***@host.example/a");
  }
  assert.equal(maskedUrl("user:hunter2@host.example"), "***:***@host.example");
  assert.equal(maskedUrl("https://user:hun/ter2@host.example"), "https://***:***@host.example");
});

test("masked URL - all others stay as they are", () => {
  for (const url of [
    "",
    "https://host.example",
    "https://host.example:8080/a@b?c=d@e#f@g",
    "host.example/a@b",
    "https://host.example/redirect/https://other.example@x",
  ]) {
    assert.equal(maskedUrl(url), url);
  }
});

test("masked URL - what is masked already stays so", () => {
  const url = "https://***:***@host.example/a@b?c=d@e";
  assert.equal(maskedUrl(url), url);
});
