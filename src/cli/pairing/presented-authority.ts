import { createHash, type X509Certificate } from "node:crypto";
import { connect, type TLSSocket } from "node:tls";
import { CommandError } from "../command-error.ts";
import { addressOf, placeOf } from "./external-address.ts";
import { externalProblem } from "./external-problem.ts";

/**
 * The authority with this hash, from the certificates that the server shows in a handshake. Nothing is sent
 * there, so nobody can take the token: what follows goes over connections that are verified against exactly
 * this authority. PEM.
 */
export async function presentedAuthority(url: URL, hash: string, signal: AbortSignal): Promise<string> {
  const chain = await presentedChain(url, signal);
  const found = chain.find((certificate) => hashOf(certificate) === hash);
  if (found?.ca) return found.toString();
  const place = placeOf(url);
  if (found) {
    throw new CommandError(
      `the link's ca-sha256 is of a certificate that is no authority, shown by ${place}: ` +
        "the link must name the authority that signed it. The token was not sent",
    );
  }
  const shown = chain.filter(({ ca }) => ca).map(hashOf);
  throw new CommandError(
    [
      `${place} is not the server that this link is for: the authority of its certificate is another one.`,
      `  expected  ca-sha256 ${hash}`,
      ...(shown.length === 0 ? ["  shown     none"] : shown.map((one) => `  shown     ca-sha256 ${one}`)),
      "The token was not sent and can still be used. Ask who gave you the link whether the server has changed;",
      "if it has not, somebody stands between you and it.",
    ].join("\n"),
  );
}

function hashOf(certificate: X509Certificate): string {
  return createHash("sha256").update(certificate.raw).digest("hex");
}

async function presentedChain(url: URL, signal: AbortSignal): Promise<readonly X509Certificate[]> {
  signal.throwIfAborted();
  const socket = connect({
    ...addressOf(url),
    ALPNProtocols: ["http/1.1"],
    minVersion: "TLSv1.2",
    // Nobody is trusted by this: the certificates are only looked at.
    rejectUnauthorized: false,
  });
  const abort = (): void => void socket.destroy();
  signal.addEventListener("abort", abort, { once: true });
  try {
    const chain = await certificatesOf(socket);
    leave(socket);
    return chain;
  } catch (error) {
    socket.destroy();
    throw externalProblem(placeOf(url), signal.aborted ? signal.reason : error, false);
  } finally {
    signal.removeEventListener("abort", abort);
  }
}

/** In order: to a server, a connection that is cut now looks like a handshake that failed. */
function leave(socket: TLSSocket): void {
  socket.on("error", () => undefined);
  socket.setTimeout(1000, () => void socket.destroy());
  socket.resume().end();
}

function certificatesOf(socket: TLSSocket): Promise<readonly X509Certificate[]> {
  return new Promise((resolve, reject) => {
    socket.once("error", reject);
    socket.once("close", () => reject(new Error("the connection was closed in the handshake")));
    socket.once("secureConnect", () => {
      const chain: X509Certificate[] = [];
      let next = socket.getPeerX509Certificate();
      while (next) {
        chain.push(next);
        next = next.issuerCertificate;
      }
      resolve(chain);
    });
  });
}
