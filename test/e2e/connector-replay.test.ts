import assert from "node:assert/strict";
import { test } from "node:test";
import { operationsOf, pairedShop, replayDocument, type Replay } from "../doubles/document-replay.ts";
import { curl, prepare } from "../doubles/external-system.ts";
import { ServedInstallation } from "../doubles/served-installation.ts";
import { findBinary } from "../tools/binary.ts";

const { path: program = "", skip } = findBinary("schemathesis");

/** The original's 500 for a body that is no JSON is written in the document; here each 500 is a fault. */
const SETTINGS = ["--connector-strict-errors=true", "--ingress-failed-tokens-per-minute=0"];

test(
  "connector - its document, replayed at both hosts, has every answer there is, and none is a 500",
  { skip },
  async () => {
    await using served = await ServedInstallation.start(SETTINGS);
    const identity = await pairedShop(served);
    const { body: document } = await curl(served, `${served.pairing.origin}/v1/api.yaml`);
    const environment = {
      REPLAY_TOKENS: `http://127.0.0.1:${served.address("admin API").port}/v1/applications/tokens`,
      REPLAY_ADMIN_TOKEN: served.adminToken,
      REPLAY_CERTIFICATE_REQUEST: (JSON.parse(prepare("shop").body) as { csr: string }).csr,
    };
    const settings = "connector.toml";
    const replay = (more: Pick<Replay, "origin" | "identity" | "words">) =>
      replayDocument(served, { program, settings, document, environment, ...more });
    const gateway = { origin: served.gateway.origin, identity };
    // Tenants are not told apart here, so there are no paths of runtimes.
    const own = ["--exclude-path-regex", "runtimes|revocations$"];
    const successful = [
      await replay({
        origin: served.pairing.origin,
        words: [...own, "--include-tag", "pairing", "--include-tag", "public"],
      }),
      await replay({ ...gateway, words: [...own, "--include-tag", "certificate"] }),
      // Whoever revokes his certificate sees nothing else afterwards.
      await replay({ ...gateway, words: ["--include-path", "/v1/applications/certificates/revocations"] }),
    ].flatMap((operations) => [...operations]);
    const unreached = operationsOf(document).filter((operation) => !successful.includes(operation));
    assert.deepEqual(
      unreached.filter((operation) => !operation.includes("runtimes")),
      [],
      "each operation had success",
    );
  },
);
