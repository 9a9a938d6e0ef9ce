import { once } from "node:events";
import { generateKeyPairSync } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { request } from "node:https";
import { json } from "node:stream/consumers";
import type { SecureContextOptions } from "node:tls";
import { newRequest } from "../micro/certificate-request-scene.ts";

/** One certificate for each call, over the way that an external system takes: `url` is the pairing link's. */
export async function pair(url: string, ca: string, application?: string): Promise<SecureContextOptions> {
  const keys = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const info = await send(url, { ca });
  const body = JSON.stringify({ csr: await newRequest(keys, application) });
  const { clientCrt = "" } = await send(String(info["csrUrl"]), { ca, body });
  const key = keys.privateKey.export({ type: "pkcs8", format: "pem" });
  return { ca, key, cert: Buffer.from(String(clientCrt), "base64") };
}

async function send(
  url: string,
  { ca, body }: { readonly ca: string; readonly body?: string },
): Promise<Readonly<Record<string, unknown>>> {
  // Hosts below localhost are this machine, but not every resolver knows that.
  const { port, hostname, pathname, search } = new URL(url);
  const sent = request({
    host: "127.0.0.1",
    port,
    path: pathname + search,
    servername: hostname,
    headers: { Host: `${hostname}:${port}` },
    method: body === undefined ? "GET" : "POST",
    ca,
    agent: false,
  });
  sent.end(body);
  const [answer] = (await once(sent, "response")) as [IncomingMessage];
  const content = (await json(answer)) as Record<string, unknown>;
  if ((answer.statusCode ?? 0) >= 300) throw new Error(`pairing answered ${answer.statusCode}`);
  return content;
}
