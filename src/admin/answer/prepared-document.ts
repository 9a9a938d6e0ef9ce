import { createHash } from "node:crypto";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import type { FastifyReply, FastifyRequest } from "fastify";
import { entityTag, isKnownTag } from "../../http/entity-tags.ts";
import { takesGzip } from "./takes-gzip.ts";

const compress = promisify(gzip);

/** Bytes of a document below which compression saves no packet. */
const WORTH_COMPRESSING = 1400;

/** A document that stays the same as long as the process runs. */
export class PreparedDocument {
  readonly #bytes: Buffer;
  readonly #type: string;
  #compressed: Promise<Buffer> | undefined;
  /** SHA-256 of the document in hex, in capitals as Kubernetes writes it. */
  readonly hash: string;

  constructor(value: object, type = "application/json") {
    this.#bytes = Buffer.from(`${JSON.stringify(value)}\n`);
    this.#type = type;
    this.hash = createHash("sha256").update(this.#bytes).digest("hex").toUpperCase();
  }

  /** Answers with the document, or with 304 to a client that has it (RFC 9110 §13.1.2). */
  async send({ headers }: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    // Weak, because the compressed form has other bytes (RFC 9110 §8.8.3.3).
    void reply.header("etag", `W/${entityTag(this.hash)}`);
    void reply.header("vary", "Accept, Accept-Encoding");
    if (isKnownTag(headers["if-none-match"], this.hash)) return reply.code(304).send();
    void reply.type(this.#type);
    if (this.#bytes.length < WORTH_COMPRESSING || !takesGzip(headers["accept-encoding"])) {
      return reply.send(this.#bytes);
    }
    this.#compressed ??= compress(this.#bytes);
    return reply.header("content-encoding", "gzip").send(await this.#compressed);
  }
}
