import { randomInt } from "node:crypto";
import { once } from "node:events";
import { createServer, type Server } from "node:net";

/**
 * Below those that a kernel gives to whoever asks for any, and to every connection that leaves: one of those may be
 * gone before a program that was told of it listens there. Linux begins at 32 768, others later.
 */
const [FIRST, END] = [16_384, 32_768] as const;

/** Ports that are free now; all are taken at once, so that no two are the same. */
export async function portsFreeNow(count: number): Promise<readonly number[]> {
  const taken = new Map<number, Server>();
  while (taken.size < count) {
    const port = randomInt(FIRST, END);
    const server = await listening(port);
    if (server) taken.set(port, server);
  }
  await Promise.all(Array.from(taken.values(), (server) => once(server.close(), "close")));
  return [...taken.keys()];
}

/** undefined: another program listens there. */
async function listening(port: number): Promise<Server | undefined> {
  const server = createServer().listen(port, "127.0.0.1");
  try {
    await once(server, "listening");
    return server;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EADDRINUSE") return undefined;
    throw error;
  }
}
