import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { ingressRoute, isRevocation } from "../../../src/ingress/route.ts";

const failureOf = (route: ReturnType<typeof ingressRoute>): unknown =>
  typeof route === "object" ? route.code : route;

test("ingress route - the listener decides, not the path alone", () => {
  for (const kind of ["applications", "runtimes"]) {
    for (const path of [`/v1/${kind}/signingRequests/info`, `/v1/${kind}/certificates`]) {
      assert.equal(ingressRoute("pairing", path), "token");
      assert.equal(failureOf(ingressRoute("gateway", path)), "INGRESS_UNKNOWN_PATH");
    }
    const paths = ["management/info", "certificates/renewals", "certificates/revocations"];
    for (const path of paths.map((rest) => `/v1/${kind}/${rest}`)) {
      assert.equal(ingressRoute("gateway", path), "certificate");
      assert.equal(failureOf(ingressRoute("pairing", path)), "INGRESS_UNKNOWN_PATH");
    }
  }
  assert.equal(ingressRoute("pairing", "/v1/api.yaml"), "public");
});

test("ingress route - an Application's paths end at a boundary", () => {
  const rests = ["/v1/events", "/v2/events", "/events", "/v1/metadata"];
  const rest = fc.constantFrom(...rests);
  const name = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,20}[a-z0-9])?$/);
  fc.assert(
    fc.property(name, rest, fc.stringMatching(/^[a-zA-Z0-9/.-]{0,10}$/), (application, prefix, more) => {
      const path = `/${application}${prefix}${more}`;
      const belongs = more === "" || more.startsWith("/");
      const others = rests.some((other) => path === `/${application}${other}`);
      assert.equal(ingressRoute("gateway", path) === "validator", belongs || others, path);
    }),
  );
});

test("ingress route - the former place of the registry's document is reached, and nothing that begins like it", () => {
  assert.equal(ingressRoute("gateway", "/shop/v1/metadataapi.yaml"), "validator");
  for (const path of [
    "/shop/v1/metadataapi.yaml/",
    "/shop/v1/metadataapi.yaml/x",
    "/shop/v1/metadataapi.yamlx",
    "/shop/v1/metadataapi",
    "/shop/v1/metadataservices",
    "/shop/v1/eventsapi.yaml",
    "/v1/metadataapi.yaml",
  ]) {
    assert.equal(failureOf(ingressRoute("gateway", path)), "INGRESS_UNKNOWN_PATH", path);
  }
  assert.equal(failureOf(ingressRoute("pairing", "/shop/v1/metadataapi.yaml")), "INGRESS_UNKNOWN_PATH");
});

test("ingress route - the Application is a name as Kubernetes has it, letter for letter", () => {
  const longest = [..."abcd"].map((letter) => letter.repeat(62)).join(".");
  for (const name of ["a", "0", "my-shop", "my.shop.1", longest]) {
    assert.equal(ingressRoute("gateway", `/${name}/v1/events`), "validator", name);
  }
  for (const name of [
    "A",
    "-a",
    "a-",
    ".a",
    "a.",
    "a..b",
    "a.-b",
    "a_b",
    "a%62",
    "a;b",
    "*",
    `${longest}.ab`,
  ]) {
    assert.equal(failureOf(ingressRoute("gateway", `/${name}/v1/events`)), "INGRESS_BAD_PATH", name);
  }
  assert.equal(failureOf(ingressRoute("gateway", "//v1/events")), "INGRESS_UNKNOWN_PATH");
});

test("ingress route - a hostile name takes no more than linear time", () => {
  for (const piece of ["a", "a-", "-", "a.", "a-a."]) {
    ingressRoute("gateway", `/${piece.repeat(200_000)}!/v1/events`);
    ingressRoute("gateway", `/${piece.repeat(120)}!/v1/events`);
  }
});

test("ingress route - only a POST to the very path revokes", () => {
  assert.equal(isRevocation("POST", "/v1/applications/certificates/revocations"), true);
  assert.equal(isRevocation("POST", "/v1/runtimes/certificates/revocations"), true);
  for (const path of [
    "/shop/certificates/revocations",
    "/v1/applications/certificates/revocations/",
    "/x/../v1/applications/certificates/revocations",
  ]) {
    assert.equal(isRevocation("POST", path), false, path);
  }
  assert.equal(isRevocation("GET", "/v1/applications/certificates/revocations"), false);
});
