import assert from "node:assert/strict";
import { test } from "node:test";
import { operationsOf, pairedShop, replayDocument } from "../doubles/document-replay.ts";
import { curl } from "../doubles/external-system.ts";
import { ServedInstallation } from "../doubles/served-installation.ts";
import { startSpecificationHost } from "../doubles/specification-host.ts";
import { findBinary } from "../tools/binary.ts";

const { path: program = "", skip } = findBinary("schemathesis");

test(
  "registry - its document, replayed by an external system, has every answer there is, and none is a 500",
  { skip },
  async () => {
    await using host = await startSpecificationHost();
    const proxies = { HTTP_PROXY: host.url, HTTPS_PROXY: host.url, NO_PROXY: "" };
    const lower = { http_proxy: host.url, https_proxy: host.url, no_proxy: "" };
    await using served = await ServedInstallation.start([], { ...proxies, ...lower });
    const identity = await pairedShop(served);
    const { origin } = served.gateway;
    const files = ["--cert", identity.certificate, "--key", identity.key];
    const { body: document } = await curl(served, ...files, `${origin}/shop/v1/metadata/api.yaml`);
    const settings = "registry.toml";
    const successful = await replayDocument(served, { program, settings, origin, document, identity });
    const unreached = operationsOf(document).filter((operation) => !successful.has(operation));
    assert.deepEqual(unreached, [], "each operation had success");
  },
);
