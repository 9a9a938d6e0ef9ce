import { isPlainObject, ownValue, type PlainObject } from "../../core/plain-object.ts";
import { writePointer } from "../check/json-pointer.ts";
import { plainText } from "../check/short-text.ts";
import { members, resolved } from "./resolved.ts";

/** What others do with the application's channel: they subscribe to what it sends, and publish to it. */
export type Action = "publish" | "subscribe";

export interface ChannelMessage {
  readonly name: string;
  readonly path: string;
  readonly payload: unknown;
  /** Of the payload, where it is not that of AsyncAPI itself; such a payload is not looked into. */
  readonly schemaFormat: string | undefined;
  readonly headers: unknown;
  readonly contentType: string;
}

export interface Channel {
  readonly name: string;
  readonly path: string;
  readonly operations: ReadonlyMap<Action, ReadonlyMap<string, ChannelMessage>>;
}

/** Channels by address, of AsyncAPI 2 and 3 alike; the names of parameters do not matter. */
export function asyncApiChannels(root: PlainObject): Map<string, Channel> {
  const isThree = plainText(ownValue(root, "asyncapi")).startsWith("3");
  const sent = isThree ? operationsOfThree(root) : undefined;
  const channels = new Map<string, Channel>();
  for (const [key, value] of members(ownValue(root, "channels"))) {
    const { object } = resolved(root, value);
    const address = ownValue(object, "address");
    const name = isThree && typeof address === "string" ? address : key;
    const path = writePointer(["channels", key]);
    const operations = sent
      ? (sent.get(object) ?? unusedOfThree(root, object, path))
      : operationsOfTwo(root, object, path);
    channels.set(name.replace(/\{[^{}]*\}/g, "{}"), { name, path, operations });
  }
  return channels;
}

type Operations = Map<Action, Map<string, ChannelMessage>>;

function operationsOfTwo(root: PlainObject, channel: PlainObject, path: string): Operations {
  const operations: Operations = new Map();
  for (const action of ["publish", "subscribe"] as const) {
    const operation = ownValue(channel, action);
    if (!isPlainObject(operation)) continue;
    const at = `${path}/${action}/message`;
    const { object: message } = resolved(root, ownValue(operation, "message"));
    const choices = ownValue(message, "oneOf");
    const messages = Array.isArray(choices)
      ? choices.map((choice, index) => readMessage(root, choice, { path: `${at}/oneOf/${index}` }))
      : [readMessage(root, ownValue(operation, "message"), { path: at })];
    operations.set(action, byName(messages));
  }
  return operations;
}

/** Operations stand beside the channels and refer to them. */
function operationsOfThree(root: PlainObject): Map<unknown, Operations> {
  const byChannel = new Map<unknown, Operations>();
  for (const [, value] of members(ownValue(root, "operations"))) {
    const { object: operation } = resolved(root, value);
    const { object: channel, reference = "#" } = resolved(root, ownValue(operation, "channel"));
    const action: Action = ownValue(operation, "action") === "receive" ? "publish" : "subscribe";
    const operations = byChannel.get(channel) ?? new Map<Action, Map<string, ChannelMessage>>();
    const named = ownValue(operation, "messages");
    const messages = Array.isArray(named)
      ? named.map((message) => readMessage(root, message, { path: messagePath(message) }))
      : channelMessages(root, channel, reference.slice(1));
    operations.set(action, new Map([...(operations.get(action) ?? []), ...byName(messages)]));
    byChannel.set(channel, operations);
  }
  return byChannel;
}

/** A channel without operations offers its messages. */
function unusedOfThree(root: PlainObject, channel: PlainObject, path: string): Operations {
  const messages = channelMessages(root, channel, path);
  return messages.length > 0 ? new Map([["subscribe", byName(messages)]]) : new Map();
}

function channelMessages(root: PlainObject, channel: PlainObject, path: string): readonly ChannelMessage[] {
  return members(ownValue(channel, "messages")).map(([key, message]) =>
    readMessage(root, message, { path: `${path}${writePointer(["messages", key])}`, key }),
  );
}

function messagePath(message: unknown): string {
  const reference = isPlainObject(message) ? ownValue(message, "$ref") : undefined;
  return typeof reference === "string" ? reference.replace(/^#/, "") : "";
}

interface MessagePlace {
  readonly path: string;
  /** Its name in the channel. */
  readonly key?: string;
}

function readMessage(root: PlainObject, value: unknown, { path, key }: MessagePlace): ChannelMessage {
  const { object: message, reference } = resolved(root, value);
  const names = [
    ownValue(message, "name"),
    ownValue(message, "messageId"),
    key,
    reference?.split("/").at(-1),
  ];
  const name = names.find((candidate) => typeof candidate === "string") ?? ownValue(message, "title");
  const payload = ownValue(message, "payload");
  const format = ownValue(message, "schemaFormat");
  // AsyncAPI 3 wraps a payload of another format together with its name.
  const wrapped = isPlainObject(payload) && typeof ownValue(payload, "schemaFormat") === "string";
  const schemaFormat = wrapped ? ownValue(payload, "schemaFormat") : format;
  return {
    name: typeof name === "string" ? name : "",
    path,
    payload: wrapped ? ownValue(payload, "schema") : payload,
    schemaFormat: typeof schemaFormat === "string" && !isJsonSchema(schemaFormat) ? schemaFormat : undefined,
    headers: ownValue(message, "headers"),
    contentType: plainText(ownValue(message, "contentType") ?? ownValue(root, "defaultContentType")),
  };
}

function isJsonSchema(format: string): boolean {
  return /asyncapi|schema\+json|schema\+yaml|oai\.openapi/.test(format);
}

/** Messages without a name are told apart by their order. */
function byName(messages: readonly ChannelMessage[]): Map<string, ChannelMessage> {
  return new Map(
    messages.map((message, index) => [message.name === "" ? `#${index}` : message.name, message]),
  );
}
