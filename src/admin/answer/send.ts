import { Readable } from "node:stream";
import type { FastifyReply } from "fastify";
import { stringify } from "yaml";
import type { Resource } from "../../core/resources/resource.ts";
import type { ListedText } from "../../stores/store.ts";
import type { Representation } from "./accept.ts";
import { compressed } from "./compressed.ts";
import { jsonList } from "./json-list.ts";
import { representList, representObject, type View } from "./represent.ts";
import { yamlList } from "./yaml-list.ts";

export function sendObject(reply: FastifyReply, view: View, value: Resource): FastifyReply {
  return sendValue(reply, view.representation, representObject(view, value));
}

/** Piece by piece at the pace of the reader: ten thousand objects neither stand in one string nor hold up calls. */
export function sendList(reply: FastifyReply, view: View, listed: ListedText): FastifyReply {
  const { format } = view.representation;
  const body = format === "yaml" ? yamlList : jsonList;
  const pieces = body(representList(view, listed), listed);
  const length = listed.pieces.reduce((sum, piece) => sum + piece.byteLength, 0);
  const stream = compressed(reply, Readable.from(pieces, { highWaterMark: 1 }), length);
  return reply.type(`application/${format}`).send(stream);
}

/** Any JSON value in the format that the caller accepts. */
export function sendValue(
  reply: FastifyReply,
  { format }: Pick<Representation, "format">,
  value: object,
): FastifyReply {
  const text = format === "yaml" ? stringify(value) : `${JSON.stringify(value)}\n`;
  // As bytes, because Fastify adds a charset to the type of a JSON text, and clients compare types.
  return reply.type(`application/${format}`).send(Buffer.from(text));
}
