import type { PlainObject } from "../../core/plain-object.ts";
import { objectsAt, textAt } from "../json-fields.ts";
import { listPages } from "../list-pages.ts";
import { printable } from "../output/printable.ts";
import { targetsOf } from "../resources.ts";
import type { ApiClient } from "../server/api-client.ts";
import type { OpenServer } from "../server/open-server.ts";

/** What the server tells of a certificate. */
export interface IssuedRecord {
  readonly hash: string;
  /** All of it, as the server said it. */
  readonly record: PlainObject;
}

/** As many as the server gives at once. */
const PAGE = "1000";

/** The certificates of one Application, also those that have ended or were revoked, soonest end first. */
export async function* issuedFor(client: ApiClient, application: string): AsyncIterable<IssuedRecord> {
  const path = `/v1/applications/${encodeURIComponent(application)}/certificates`;
  let next: string | undefined;
  do {
    const query = { limit: PAGE, ...(next === undefined ? {} : { continue: next }) };
    const { body } = await client.request({ path, query });
    for (const record of objectsAt(body, "items")) {
      yield { hash: printable(textAt(record, "hash") ?? ""), record };
    }
    next = textAt(body, "continue");
  } while (next !== undefined);
}

/** Those of all Applications that are there. */
export async function* issuedEverywhere(server: OpenServer): AsyncIterable<IssuedRecord> {
  const type = "applications.applicationconnector.kyma-project.io";
  for (const target of await targetsOf([{ type }], server, {})) {
    for await (const page of listPages(server.client, target)) {
      for (const item of objectsAt(page, "items")) {
        yield* issuedFor(server.client, textAt(item, "metadata", "name") ?? "");
      }
    }
  }
}
