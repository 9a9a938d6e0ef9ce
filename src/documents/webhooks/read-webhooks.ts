import { isPlainObject, ownValue, type PlainObject } from "../../core/plain-object.ts";
import { withoutUserInformation } from "../../core/target-url.ts";
import type { Webhook, Webhooks } from "./webhook.ts";

/** Lists of Rafter's ConfigMap, of which a few calls for each document are enough. */
const MOST_WEBHOOKS = 20;

export type ReadWebhooks =
  | { readonly kind: "webhooks"; readonly webhooks: Webhooks }
  /** Ends the sentence “the webhooks …”. */
  | { readonly kind: "unreadable"; readonly reason: string };

/** The webhooks of one type of documents, as they stand in a value of the ConfigMap: JSON (registry spec §9.4). */
export function readWebhooks(text: string): ReadWebhooks {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { kind: "unreadable", reason: "are no JSON" };
  }
  if (!isPlainObject(value)) return { kind: "unreadable", reason: "are no JSON object" };
  const [mutations, validations, metadataExtractors] = [
    readList(value, "mutations"),
    readList(value, "validations"),
    readList(value, "metadataExtractors"),
  ];
  for (const list of [mutations, validations, metadataExtractors]) {
    if (typeof list === "string") return { kind: "unreadable", reason: list };
  }
  return { kind: "webhooks", webhooks: { mutations, validations, metadataExtractors } as Webhooks };
}

function readList(value: PlainObject, member: keyof Webhooks): readonly Webhook[] | string {
  const list = ownValue(value, member) ?? [];
  if (!Array.isArray(list)) return `have ${member} that are no list`;
  if (list.length > MOST_WEBHOOKS) return `have more than ${MOST_WEBHOOKS} ${member}`;
  const read = list.map((item: unknown) => readWebhook(item));
  const wrong = read.find((webhook) => typeof webhook === "string");
  return wrong === undefined ? (read as readonly Webhook[]) : `have ${member} of which one ${wrong}`;
}

function readWebhook(item: unknown): Webhook | string {
  if (!isPlainObject(item)) return "is no object";
  const text = (member: string) => {
    const value = ownValue(item, member);
    return typeof value === "string" ? value : "";
  };
  const [name, namespace, endpoint, url] = [text("name"), text("namespace"), text("endpoint"), text("url")];
  const isNamed = [name, namespace].every((part) => /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/.test(part));
  if (url === "" && !isNamed) return "has neither a url nor the name and namespace of a Service";
  if (url !== "" && !/^https?:\/\//i.test(url)) return "has a url that is neither http nor https";
  if (endpoint !== "" && !endpoint.startsWith("/")) return "has an endpoint without a slash in front";
  const filter = filterOf(text("filter"));
  if (filter === "broken") return "has a filter that is no regular expression";
  const parameters = ownValue(item, "parameters");
  return {
    shown:
      url === "" ? `${namespace}/${name}${endpoint}` : withoutUserInformation(url).replace(/[?#].*$/s, ""),
    url: url === "" ? `http://${name}.${namespace}.svc.cluster.local${endpoint}` : url,
    filter,
    parameters: parameters === undefined || parameters === null ? "" : JSON.stringify(parameters),
  };
}

function filterOf(text: string): RegExp | undefined | "broken" {
  if (text === "") return undefined;
  try {
    return new RegExp(text, "u");
  } catch {
    return "broken";
  }
}
