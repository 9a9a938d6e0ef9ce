import { isPlainObject, ownValue, type PlainObject } from "../../core/plain-object.ts";
import { asyncApiSchema } from "./asyncapi-schemas.ts";
import { checkContent } from "./check-content.ts";
import type { FormatCheck } from "./format-check.ts";
import { found } from "./found.ts";
import { shortText } from "./short-text.ts";
import { entriesOf, infoMetadata, itemsOf, present, searchNames, searchProse } from "./title-metadata.ts";
import { isOldAsyncApi, upgradeAsyncApi } from "./upgrade-asyncapi.ts";

/**
 * AsyncAPI 2.x and 3.x, and 1.x made 2.0.0. The refusals are those of the original's conversion (registry
 * spec §9.5), which tools may look for.
 */
export function checkAsyncApi(
  value: unknown,
  fileName: string,
): FormatCheck | { readonly unchecked: string } {
  if (!isPlainObject(value)) return refusal("asyncapi: unable to decode document", "");
  const declared = ownValue(value, "asyncapi");
  if (typeof declared !== "string") return refusal("asyncapi: error invalid property asyncapi", "/asyncapi");
  const content = checkContent(value);
  if ("unchecked" in content) return content;
  const version = shortText(declared, 50);
  if (isOldAsyncApi(declared)) return checkUpgraded(value, version, fileName);
  const metadata = asyncApiMetadata(value);
  const schema = asyncApiSchema(declared);
  if (!schema) {
    const refused = `asyncapi: unsupported asyncapi version '${version}'`;
    return { ...refusal(refused, "/asyncapi"), version, metadata };
  }
  const findings = [...schema.check(value, content.values), ...content.findings];
  return { format: "asyncapi", version, metadata, findings };
}

function refusal(refused: string, path: string): FormatCheck {
  const findings = [found("error", path, refused)];
  return { format: "asyncapi", version: "", metadata: {}, findings, refused };
}

/** Findings are those of the upgraded document: it is the one that is published. */
function checkUpgraded(
  old: PlainObject,
  version: string,
  fileName: string,
): FormatCheck | { readonly unchecked: string } {
  const upgraded = upgradeAsyncApi(old);
  const content = checkContent(upgraded);
  if ("unchecked" in content) return content;
  const upgradedTo = found(
    "info",
    "",
    `AsyncAPI ${version} was converted to 2.0.0; paths are those of the result.`,
  );
  const breaches = asyncApiSchema("2.0.0")?.check(upgraded, content.values) ?? [];
  return {
    format: "asyncapi",
    version,
    metadata: asyncApiMetadata(upgraded),
    findings: [upgradedTo, ...breaches, ...content.findings],
    converted: {
      fileName: fileName.replace(/\.ya?ml$/i, ".json"),
      content: Buffer.from(`${JSON.stringify(upgraded, undefined, 2)}\n`),
    },
  };
}

function asyncApiMetadata(root: PlainObject): PlainObject {
  const components = ownValue(root, "components");
  const channels = entriesOf(root, "channels");
  const addresses = channels.map(([name, channel]) => {
    const address = isPlainObject(channel) ? ownValue(channel, "address") : undefined;
    return typeof address === "string" ? address : name;
  });
  const objects = [...channels, ...entriesOf(root, "operations")].map(([, value]) => value);
  const operations = objects.flatMap((object) => [
    memberOf(object, "subscribe"),
    memberOf(object, "publish"),
  ]);
  const messages = [...messagesOf(channels, operations), ...entriesOf(components, "messages")];
  const described = [...messages.map(([, message]) => message), ...operations, ...objects];
  const said = (member: string) => described.map((object) => memberOf(object, member));
  return present({
    ...infoMetadata(root),
    channels: searchNames(addresses),
    messages: searchNames(
      messages.flatMap(([key, message]) => [key, memberOf(message, "name"), memberOf(message, "title")]),
    ),
    summaries: searchProse([...said("summary"), ...said("description")]),
  });
}

/** Messages that stand where they are used: in operations, one or several (2.x), or by name in channels (3.x). */
function messagesOf(
  channels: readonly (readonly [string, unknown])[],
  operations: readonly unknown[],
): readonly (readonly [string, unknown])[] {
  const inChannels = channels.flatMap(([, channel]) => entriesOf(channel, "messages"));
  const inOperations = operations.flatMap((operation): (readonly [string, unknown])[] => {
    const message = memberOf(operation, "message");
    const choices = itemsOf(message, "oneOf");
    return (choices.length > 0 ? choices : [message]).map((choice) => ["", choice]);
  });
  return [...inChannels, ...inOperations];
}

function memberOf(value: unknown, member: string): unknown {
  return isPlainObject(value) ? ownValue(value, member) : undefined;
}
