import { pipeline, type Readable } from "node:stream";
import { constants, createGzip } from "node:zlib";
import type { FastifyReply } from "fastify";
import { peerAddress } from "../../http/peer-address.ts";
import { takesGzip } from "./takes-gzip.ts";

/** Bytes from which an API server compresses; below, the time is worth more than the bytes. */
const WORTH_COMPRESSING = 131_072;

const LOOPBACK = /^127\.|^::1$/;

/**
 * A body that is sent piece by piece, compressed where the caller takes that and it is long. Never for a caller on
 * this machine: Go's clients take gzip without being asked, and between two processes only the time would count.
 */
export function compressed(reply: FastifyReply, body: Readable, length: number): Readable {
  const { headers, socket } = reply.request;
  const isNear = LOOPBACK.test(peerAddress(socket) ?? "");
  if (length < WORTH_COMPRESSING || isNear || !takesGzip(headers["accept-encoding"])) return body;
  void reply.header("content-encoding", "gzip").header("vary", "Accept-Encoding");
  // The fastest level takes off most already, and a list is read once. Errors of the body end the compressed one.
  return pipeline(body, createGzip({ level: constants.Z_BEST_SPEED }), () => {});
}
