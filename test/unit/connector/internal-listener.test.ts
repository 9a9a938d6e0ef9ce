import assert from "node:assert/strict";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { connect } from "node:tls";
import { startInternalListener } from "../../../src/connector/internal-listener.ts";
import { connectorSettings } from "../../../src/connector/options.ts";
import { TestAuthority } from "../../doubles/certificates.ts";
import { defaultsOf } from "../../doubles/setting-defaults.ts";
import { TemporaryDirectory } from "../../doubles/temporary-directory.ts";

test("internal listener - beyond the loopback it presents a renewed certificate without a restart, until it is closed", async () => {
  using directory = new TemporaryDirectory();
  const internalTokenFile = join(directory.path, "token");
  writeFileSync(internalTokenFile, "a-token-of-the-inside", { mode: 0o600 });
  const authority = await TestAuthority.create();
  let { crt, key } = await authority.server();
  const listeners = new Set<() => void>();
  const certificate = {
    get current() {
      return { cert: crt, key };
    },
    onRenewed: (listener: () => void) => {
      listeners.add(listener);
      return { [Symbol.dispose]: () => void listeners.delete(listener) };
    },
  };
  const options = {
    ...defaultsOf(connectorSettings),
    internalHost: "0.0.0.0",
    internalPort: 0,
    internalTokenFile,
  };
  await using listener = await startInternalListener(
    options,
    (_request, response) => response.end(),
    certificate,
  );
  const presented = async () => {
    const port = Number(new URL(listener.origin).port);
    const socket = connect({ port, host: "127.0.0.1", servername: "localhost", ca: authority.crt });
    await once(socket, "secureConnect");
    const shown = socket.getPeerX509Certificate()?.toString();
    socket.destroy();
    return shown;
  };
  assert.equal((await presented())?.trim(), crt.trim());
  ({ crt, key } = await authority.server());
  for (const renewed of listeners) renewed();
  assert.equal((await presented())?.trim(), crt.trim());
  await listener[Symbol.asyncDispose]();
  assert.equal(listeners.size, 0);
});
