import { isPlainObject, ownValue, type PlainObject } from "../../core/plain-object.ts";
import { asyncApiSchema } from "./asyncapi-schemas.ts";
import { checkContent } from "./check-content.ts";
import type { FormatCheck } from "./format-check.ts";
import { found } from "./found.ts";
import { shortText } from "./short-text.ts";
import { entriesOf, infoMetadata, present, searchNames } from "./title-metadata.ts";
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
  const channels = entriesOf(root, "channels").map(([name, channel]) => {
    const address = isPlainObject(channel) ? ownValue(channel, "address") : undefined;
    return typeof address === "string" ? address : name;
  });
  return present({
    ...infoMetadata(root),
    channels: searchNames(channels),
    messages: searchNames(entriesOf(components, "messages").map(([name]) => name)),
  });
}
