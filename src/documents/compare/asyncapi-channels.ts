import { isPlainObject, ownValue, type PlainObject } from "../../core/plain-object.ts";
import { writePointer } from "../check/json-pointer.ts";
import { plainText } from "../check/short-text.ts";
import { listOf, members, resolved } from "./resolved.ts";

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
  /** Of its address, in their order there, each with the schema of its values. */
  readonly parameters: readonly ChannelParameter[];
}

export interface ChannelParameter {
  readonly name: string;
  readonly path: string;
  readonly schema: unknown;
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
    const plain = name.replace(/\{[^{}]*\}/g, "{}");
    const parameters = parametersOf(root, object, { name, path });
    // Several channels of version 3 may have one address, each with messages of its own.
    const former = channels.get(plain)?.operations ?? new Map<Action, Map<string, ChannelMessage>>();
    channels.set(plain, { name, path, parameters, operations: united(former, operations) });
  }
  return channels;
}

function united(
  one: Channel["operations"],
  other: Channel["operations"],
): ReadonlyMap<Action, ReadonlyMap<string, ChannelMessage>> {
  const all = new Map(one);
  for (const [action, messages] of other) all.set(action, new Map([...(all.get(action) ?? []), ...messages]));
  return all;
}

function parametersOf(
  root: PlainObject,
  channel: PlainObject,
  { name, path }: Pick<Channel, "name" | "path">,
): readonly ChannelParameter[] {
  const declared = ownValue(channel, "parameters");
  return [...name.matchAll(/\{([^{}]*)\}/g)].map(([, parameter = ""]) => {
    const value = isPlainObject(declared) ? ownValue(declared, parameter) : undefined;
    const { object } = resolved(root, value);
    const at = `${path}${writePointer(["parameters", parameter])}`;
    const schema = ownValue(object, "schema");
    // Version 3 has the values in the parameter itself.
    return schema === undefined
      ? { name: parameter, path: at, schema: { type: "string", enum: ownValue(object, "enum") } }
      : { name: parameter, path: `${at}/schema`, schema };
  });
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
  const traits = listOf(ownValue(message, "traits")).map((trait) => resolved(root, trait).object);
  const contentTypes = [message, ...traits].map((object) => ownValue(object, "contentType"));
  const contentType = contentTypes.find((type) => type !== undefined) ?? ownValue(root, "defaultContentType");
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
    headers: headersOf([message, ...traits]),
    contentType: plainText(contentType),
  };
}

/** Of a message and its traits: all of them hold. */
function headersOf(objects: readonly PlainObject[]): unknown {
  const headers = objects
    .map((object) => ownValue(object, "headers"))
    .filter((schema) => schema !== undefined);
  return headers.length > 1 ? { allOf: headers } : headers[0];
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
