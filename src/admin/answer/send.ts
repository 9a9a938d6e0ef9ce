import { Readable } from "node:stream";
import type { FastifyReply } from "fastify";
import { stringify } from "yaml";
import type { Resource } from "../../core/resources/resource.ts";
import type { Listed } from "../../stores/store.ts";
import type { Representation } from "./accept.ts";
import { listChunks } from "./list-chunks.ts";
import { representList, representObject, type View } from "./represent.ts";

export function sendObject(reply: FastifyReply, view: View, value: Resource): FastifyReply {
  return sendValue(reply, view.representation, representObject(view, value));
}

export function sendList(reply: FastifyReply, view: View, listed: Listed<Resource>): FastifyReply {
  const list = representList(view, listed);
  if (view.representation.format === "yaml") {
    const value = { ...list.head, [list.property]: listed.items.map(list.item) };
    return sendValue(reply, view.representation, value);
  }
  void reply.type("application/json");
  return reply.send(Readable.from(listChunks(list, listed.items)));
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
