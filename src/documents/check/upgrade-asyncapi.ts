import { isPlainObject, mapValues, ownValue, type PlainObject } from "../../core/plain-object.ts";
import { localTarget } from "./reference-check.ts";

/** Members that 2.0.0 no longer has; what was in them stands elsewhere. */
const GONE = new Set(["topics", "baseTopic", "stream", "events", "security"]);

export function isOldAsyncApi(version: string): boolean {
  return ["1.0.0", "1.1.0", "1.2.0"].includes(version);
}

/**
 * AsyncAPI 1.0.0–1.2.0 → 2.0.0 by the rules of registry spec §9.5. Unlike the original's, it keeps both
 * operations of a topic, and leaves headers alone that are a schema already.
 */
export function upgradeAsyncApi(old: PlainObject): PlainObject {
  const document = withoutNull(old) as PlainObject;
  const kept = mapValues(document, (value, key) => (GONE.has(key) ? undefined : value));
  const servers = ownValue(document, "servers");
  return {
    ...kept,
    asyncapi: "2.0.0",
    ...(servers !== undefined && { servers: upgradeServers(servers, ownValue(document, "security")) }),
    channels: upgradeChannels(document),
    ...(isPlainObject(document["components"]) && {
      components: upgradeComponents(document["components"]),
    }),
  };
}

/** Kyma issue #10702: null members and elements came with documents that a program had written. */
function withoutNull(value: unknown): unknown {
  if (Array.isArray(value)) return value.filter((item) => item !== null).map(withoutNull);
  if (!isPlainObject(value)) return value;
  return mapValues(value, (member) => (member === null ? undefined : withoutNull(member)));
}

/** A list → `default`, `server1`, `server2` …, each with the requirements that stood for all. */
function upgradeServers(servers: unknown, security: unknown): unknown {
  if (!Array.isArray(servers)) return servers;
  const entries = servers.map((server: unknown, index): [string, unknown] => [
    index === 0 ? "default" : `server${index}`,
    isPlainObject(server) ? upgradeServer(server, security) : server,
  ]);
  return Object.fromEntries(entries);
}

function upgradeServer(server: PlainObject, security: unknown): PlainObject {
  const renamed = renameMembers(server, { scheme: "protocol", schemeVersion: "protocolVersion" });
  return { ...renamed, ...(security !== undefined && { security }) };
}

function renameMembers(object: PlainObject, names: Readonly<Record<string, string>>): PlainObject {
  const entries = Object.entries(object);
  return Object.fromEntries(
    entries.map(([key, value]) => [Object.hasOwn(names, key) ? (names[key] ?? key) : key, value]),
  );
}

function upgradeChannels(document: PlainObject): PlainObject {
  const base = ownValue(document, "baseTopic");
  const topics = ownValue(document, "topics");
  const channels = Object.entries(isPlainObject(topics) ? topics : {}).map(
    ([topic, item]): [string, unknown] => {
      const name = typeof base === "string" && base !== "" ? `${base}/${topic}` : topic;
      return [name.replaceAll(".", "/"), isPlainObject(item) ? upgradeTopic(item, document) : item];
    },
  );
  const root = rootChannel(document);
  return Object.fromEntries(root ? [...channels, ["/", root]] : channels);
}

function upgradeTopic(topic: PlainObject, document: PlainObject): PlainObject {
  return mapValues(topic, (value, key) => {
    if (key === "parameters") return upgradeParameters(value, document);
    return key === "publish" || key === "subscribe" ? { message: upgradeMessage(value) } : value;
  });
}

/** What streams and event interfaces exchange, which have no topics. */
function rootChannel(document: PlainObject): PlainObject | undefined {
  const [stream, events] = [ownValue(document, "stream"), ownValue(document, "events")];
  const subscribe = [...messagesOf(stream, "read"), ...messagesOf(events, "receive")];
  const publish = [...messagesOf(stream, "write"), ...messagesOf(events, "send")];
  if (subscribe.length + publish.length === 0) return undefined;
  return {
    ...(subscribe.length > 0 && { subscribe: { message: oneOrMany(subscribe) } }),
    ...(publish.length > 0 && { publish: { message: oneOrMany(publish) } }),
  };
}

function messagesOf(object: unknown, member: string): readonly unknown[] {
  const value = isPlainObject(object) ? ownValue(object, member) : undefined;
  if (value === undefined) return [];
  return (Array.isArray(value) ? value : [value]).map(upgradeMessage);
}

function oneOrMany(messages: readonly unknown[]): unknown {
  return messages.length === 1 ? messages[0] : { oneOf: messages };
}

/** A list of parameters → a map by name; the name of a reference is that of its target. */
function upgradeParameters(parameters: unknown, document: PlainObject): unknown {
  if (!Array.isArray(parameters)) return parameters;
  const entries = parameters.map((parameter: unknown, index): [string, unknown] => [
    parameterName(parameter, document) ?? `parameter${index + 1}`,
    withoutName(parameter),
  ]);
  return Object.fromEntries(entries);
}

function parameterName(parameter: unknown, document: PlainObject): string | undefined {
  if (!isPlainObject(parameter)) return undefined;
  const name = ownValue(parameter, "name");
  if (typeof name === "string") return name;
  const reference = ownValue(parameter, "$ref");
  if (typeof reference !== "string") return undefined;
  const target = localTarget(document, reference);
  const targetName = isPlainObject(target) ? ownValue(target, "name") : undefined;
  return typeof targetName === "string" ? targetName : reference.split("/").at(-1);
}

function withoutName(parameter: unknown): unknown {
  if (!isPlainObject(parameter)) return parameter;
  return mapValues(parameter, (value, key) => (key === "name" ? undefined : value));
}

function upgradeMessage(message: unknown): unknown {
  if (!isPlainObject(message)) return message;
  const { oneOf } = message;
  if (Array.isArray(oneOf)) return { ...message, oneOf: oneOf.map(upgradeMessage) };
  const { example, ...rest } = message;
  return {
    ...rest,
    ...(Object.hasOwn(rest, "headers") && { headers: upgradeHeaders(rest["headers"]) }),
    // 2.0.0 has a list, and says which part of the message each example is of.
    ...(example !== undefined && { examples: [{ payload: example }] }),
  };
}

/** A map of headers → the schema of an object with them. 1.x allows a schema as well. */
function upgradeHeaders(headers: unknown): unknown {
  if (!isPlainObject(headers)) return headers;
  const { type, properties, $ref: reference } = headers;
  if (type === "object" || isPlainObject(properties) || typeof reference === "string") return headers;
  return { type: "object", properties: headers };
}

function upgradeComponents(components: PlainObject): PlainObject {
  return mapValues(components, (value, key) => {
    if (!isPlainObject(value)) return value;
    if (key === "messages") return mapValues(value, upgradeMessage);
    return key === "parameters" ? mapValues(value, withoutName) : value;
  });
}
