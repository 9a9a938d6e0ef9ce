import { sendObject } from "../answer/send.ts";
import { versionParameter } from "../query/parameters.ts";
import { notFound } from "../../stores/refusals.ts";
import { objectView, refOf, type Call } from "./call.ts";

/** GET of one object, also of its status: the whole object either way. */
export async function getObject(call: Call): Promise<unknown> {
  const view = objectView(call);
  // Any version is one that we have passed: what is current answers it.
  versionParameter(call.query);
  const value = await call.collection.get(refOf(call));
  if (!value) throw notFound(call.kind, refOf(call));
  return sendObject(call.reply, view, value);
}
