import type { ConfigMap } from "../../core/resources/config-map.ts";
import { isPlainObject, ownValue } from "../../core/plain-object.ts";
import type { Collection } from "../../stores/store.ts";
import { shortText } from "../check/short-text.ts";
import type { CheckedDocument } from "../checked-document.ts";
import type { NewDocument } from "../document.ts";
import type { Finding } from "../finding.ts";
import { callWebhook, type WebhookAnswer, type WebhookEdge } from "./call-webhook.ts";
import { readWebhooks } from "./read-webhooks.ts";
import type { Webhook, Webhooks } from "./webhook.ts";

/** Where the webhooks of all types stand. */
export interface WebhookSource {
  readonly configMaps: Collection<ConfigMap>;
  readonly namespace: string;
  readonly name: string;
}

/** A webhook that could not be asked: nothing is said of the document, and it is tried again later. */
export interface UnaskedWebhook {
  readonly unasked: "MutationError" | "ValidationError" | "MetadataExtractionFailed";
  readonly message: string;
}

/** Asks the webhooks of a document's type, as Rafter did (registry spec §9.4), after the checks of our own. */
export class DocumentWebhooks {
  readonly #source: WebhookSource;
  readonly #edge: WebhookEdge;

  constructor(source: WebhookSource, edge: WebhookEdge) {
    this.#source = source;
    this.#edge = edge;
  }

  /** What is to be said of the document with what its webhooks say. Read anew each time. */
  async ask(document: NewDocument, checked: CheckedDocument): Promise<CheckedDocument | UnaskedWebhook> {
    const { configMaps, namespace, name } = this.#source;
    const text = (await configMaps.get({ namespace, name }))?.data?.[document.type];
    if (text === undefined) return checked;
    const read = readWebhooks(text);
    if (read.kind === "unreadable") {
      const message = `Asset validation failed due to error the webhooks of ${document.type} ${read.reason}`;
      return { unasked: "ValidationError", message };
    }
    // What is refused already is published as it is; webhooks expect what they can read.
    if (checked.outcome.reason === "MutationFailed") return checked;
    const mutated = await this.#mutate(document, checked, read.webhooks);
    if ("unasked" in mutated || mutated.outcome.reason === "MutationFailed") return mutated;
    const validated = await this.#validate(document, mutated, read.webhooks);
    return "unasked" in validated ? validated : await this.#describe(document, validated, read.webhooks);
  }

  async #mutate(
    document: NewDocument,
    checked: CheckedDocument,
    { mutations }: Webhooks,
  ): Promise<CheckedDocument | UnaskedWebhook> {
    let { converted } = checked;
    for (const webhook of mutations) {
      const { fileName, content } = publishedOf(document, { converted });
      if (webhook.filter?.test(fileName) === false) continue;
      // oxlint-disable-next-line no-await-in-loop -- each takes what the one before made
      const answer = await this.#send(webhook, { fileName, content });
      const reason = textOf(answer);
      if (isStatus(answer, 422))
        return refused({ ...checked, converted }, "Mutation", goMap(webhook, fileName, reason));
      if (answer.kind === "failed" || (answer.status !== 200 && answer.status !== 304)) {
        const message = `Asset mutation failed due to error ${webhook.shown}: ${reason}`;
        return { unasked: "MutationError", message };
      }
      if (answer.status === 200) converted = { fileName, content: answer.body };
    }
    return { ...checked, converted };
  }

  /** All are asked, also when one says no. */
  async #validate(
    document: NewDocument,
    checked: CheckedDocument,
    { validations }: Webhooks,
  ): Promise<CheckedDocument | UnaskedWebhook> {
    const { fileName, content } = publishedOf(document, checked);
    const refusals: string[] = [];
    const findings: Finding[] = [];
    for (const webhook of validations) {
      if (webhook.filter?.test(fileName) === false) continue;
      // oxlint-disable-next-line no-await-in-loop -- several in their order
      const answer = await this.#send(webhook, { fileName, content });
      const reason = textOf(answer);
      if (isStatus(answer, 422)) {
        refusals.push(goMap(webhook, fileName, reason));
        findings.push({
          severity: "error",
          path: "",
          line: undefined,
          message: `${webhook.shown}: ${reason}`,
        });
      } else if (!isStatus(answer, 200) && !isStatus(answer, 304)) {
        const message = `Asset validation failed due to error ${webhook.shown}: ${reason}`;
        return { unasked: "ValidationError", message };
      }
    }
    if (refusals.length === 0) return checked;
    const told = { ...checked, findings: [...findings, ...checked.findings] };
    return refused(told, "Validation", refusals.join(" "));
  }

  /** Later webhooks win. */
  async #describe(
    document: NewDocument,
    checked: CheckedDocument,
    { metadataExtractors }: Webhooks,
  ): Promise<CheckedDocument | UnaskedWebhook> {
    const { fileName, content } = publishedOf(document, checked);
    const metadata = Object.entries(checked.metadata);
    for (const webhook of metadataExtractors) {
      if (webhook.filter?.test(fileName) === false) continue;
      const form = new FormData();
      form.set(fileName, new Blob([Uint8Array.from(content)]), fileName);
      // oxlint-disable-next-line no-await-in-loop -- several in their order
      const answer = await callWebhook(webhook, form, this.#edge);
      const found = isStatus(answer, 200) ? metadataOf(answer, fileName) : undefined;
      if (!found) {
        const message = `Asset metadata extraction failed due to error ${webhook.shown}: ${textOf(answer)}`;
        return { unasked: "MetadataExtractionFailed", message };
      }
      metadata.push(...found);
    }
    return { ...checked, metadata: Object.fromEntries(metadata) };
  }

  async #send(
    { parameters, ...webhook }: Webhook,
    { fileName, content }: Pick<NewDocument, "fileName" | "content">,
  ): Promise<WebhookAnswer> {
    const form = new FormData();
    form.set("content", new Blob([Uint8Array.from(content)]), fileName);
    form.set("parameters", parameters);
    return await callWebhook({ ...webhook, parameters }, form, this.#edge);
  }
}

function publishedOf(document: NewDocument, { converted }: Pick<CheckedDocument, "converted">) {
  return converted ?? { fileName: document.fileName, content: document.content };
}

function isStatus(answer: WebhookAnswer, status: number): boolean {
  return answer.kind === "answer" && answer.status === status;
}

/** What a webhook said, or why it said nothing; another status says more than the page that comes with it. */
function textOf(answer: WebhookAnswer): string {
  if (answer.kind === "failed") return answer.reason;
  if (answer.status !== 422) return `status ${answer.status}`;
  return shortText(answer.body.subarray(0, 4096).toString().toWellFormed().trim(), 1000);
}

/** As Go prints the map of Rafter, which tools may look for. */
function goMap({ shown }: Webhook, fileName: string, reason: string): string {
  return `map[${shown}:[{Filename:${fileName} Message:${reason}}]]`;
}

function refused(checked: CheckedDocument, step: "Mutation" | "Validation", text: string): CheckedDocument {
  const message = `Asset ${step.toLowerCase()} failed due to ${text}`;
  return { ...checked, outcome: { phase: "Failed", reason: `${step}Failed`, message } };
}

/** The metadata of the file in `{"data":[{"filePath","metadata"}]}`; undefined where it is something else. */
function metadataOf(answer: WebhookAnswer, fileName: string): readonly [string, unknown][] | undefined {
  if (answer.kind === "failed") return undefined;
  let value: unknown;
  try {
    value = JSON.parse(answer.body.toString());
  } catch {
    return undefined;
  }
  const data = isPlainObject(value) ? ownValue(value, "data") : undefined;
  if (!Array.isArray(data)) return undefined;
  const own = data.filter((item: unknown) => isPlainObject(item) && ownValue(item, "filePath") === fileName);
  return own.flatMap((item) => {
    const metadata = isPlainObject(item) ? ownValue(item, "metadata") : undefined;
    return isPlainObject(metadata) ? Object.entries(metadata) : [];
  });
}
