import { isStoreFailure } from "../../stores/store-failure.ts";
import type { ListedText, ListPlace, Selector } from "../../stores/store.ts";
import { AdminFailure } from "../admin-failure.ts";
import { sendList } from "../answer/send.ts";
import { listParameters, type ListParameters } from "../query/list-parameters.ts";
import { selectorParameters } from "../query/selector-parameters.ts";
import { listView, type Call } from "./call.ts";

/** GET of a collection (admin-api spec §10). */
export async function listObjects(call: Call): Promise<unknown> {
  const view = listView(call);
  const parameters = listParameters(call.query);
  const selector = selectorParameters(call.kind, call.query, call.namespace);
  const listed = await listedText(call, selector, parameters);
  checkVersion(parameters, listed);
  return sendList(call.reply, view, listed);
}

async function listedText(
  { collection }: Call,
  selector: Selector,
  { paging, exact }: ListParameters,
): Promise<ListedText> {
  try {
    return await collection.listText(selector, paging);
  } catch (error) {
    if (!exact || !isStoreFailure(error, "STORE_EXPIRED")) throw error;
    const expired = new AdminFailure("ADMIN_EXPIRED");
    expired.cause = error;
    throw expired;
  }
}

function checkVersion({ version, exact }: ListParameters, { resourceVersion }: ListPlace): void {
  if (version === undefined) return;
  if (BigInt(version) > BigInt(resourceVersion)) {
    const cause = { reason: "ResourceVersionTooLarge", message: "Too large resource version" };
    const details = { causes: [cause], retryAfterSeconds: 1 };
    throw new AdminFailure("ADMIN_FUTURE_VERSION", [version, resourceVersion], details);
  }
  if (exact && BigInt(version) !== BigInt(resourceVersion)) throw new AdminFailure("ADMIN_EXPIRED");
}
