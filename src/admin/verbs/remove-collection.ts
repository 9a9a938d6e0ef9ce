import type { Resource } from "../../core/resources/resource.ts";
import type { Removing } from "../../stores/store.ts";
import { listedItems } from "../../stores/listed-items.ts";
import { isStoreFailure } from "../../stores/store-failure.ts";
import { sendList } from "../answer/send.ts";
import { noteForAudit } from "../audit-note.ts";
import { deleteOptions } from "../query/delete-options.ts";
import { selectorParameters } from "../query/selector-parameters.ts";
import { bodyOf, listView, type Call } from "./call.ts";

/** DELETE of a collection: each object that the selector finds, one by one; answers what was found. */
export async function removeCollection(call: Call): Promise<unknown> {
  const view = listView(call);
  const options = deleteOptions(call.kind, bodyOf(call), call.query);
  noteForAudit(call.request, { dryRun: options.dryRun === true });
  const selector = selectorParameters(call.kind, call.query, call.namespace);
  const listed = await call.collection.listText(selector);
  for await (const items of listedItems(listed)) {
    for (const { metadata } of items) await removeFound(call, metadata, options);
  }
  return sendList(call.reply, view, listed);
}

async function removeFound(
  { collection }: Call,
  { name, namespace, uid }: Resource["metadata"],
  options: Removing,
): Promise<void> {
  const ref = namespace === undefined ? { name } : { name, namespace };
  try {
    await collection.remove(ref, { ...options, precondition: { ...options.precondition, uid } });
  } catch (error) {
    // Gone since it was listed, or gone and made anew: either way what was found is no more.
    const asked = options.precondition && Object.keys(options.precondition).length > 0;
    const replaced = isStoreFailure(error, "STORE_CONFLICT") && !asked;
    if (!replaced && !isStoreFailure(error, "STORE_NOT_FOUND")) throw error;
  }
}
