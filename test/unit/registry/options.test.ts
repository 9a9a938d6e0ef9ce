import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "../../../src/config/load.ts";
import { registrySettings } from "../../../src/registry/options.ts";

test("registry settings - they answer to the names of the registry's own documentation too", () => {
  const environment = {
    REGISTRY_COMPAT: "1x",
    MAX_BODY: "2Mi",
    SPEC_FETCH_POLICY: "warn",
    REWRITE_OAS3: "true",
  };
  const result = load({ registry: registrySettings }, { flags: [], environment });
  assert.ok(result.kind === "loaded", JSON.stringify(result));
  const { compat, maxBody, specFetchPolicy, rewriteOpenApi3 } = result.options.registry;
  assert.deepEqual(
    { compat, maxBody, specFetchPolicy, rewriteOpenApi3 },
    { compat: "1x", maxBody: 2 * 1024 * 1024, specFetchPolicy: "warn", rewriteOpenApi3: true },
  );
});
