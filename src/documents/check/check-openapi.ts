import { isPlainObject, ownValue, type PlainObject } from "../../core/plain-object.ts";
import { checkContent } from "./check-content.ts";
import type { FormatCheck } from "./format-check.ts";
import { found } from "./found.ts";
import { openApiSchema } from "./openapi-schemas.ts";
import { plainText, shortText } from "./short-text.ts";
import { entriesOf, infoMetadata, itemsOf, present, searchNames } from "./title-metadata.ts";

const METHODS = new Set(["get", "put", "post", "delete", "options", "head", "patch", "trace", "query"]);

/** OpenAPI 3.x, or 2.0 under its old name Swagger. */
export function checkOpenApi(root: PlainObject): FormatCheck | { readonly unchecked: string } {
  const content = checkContent(root);
  if ("unchecked" in content) return content;
  const member = Object.hasOwn(root, "openapi") ? "openapi" : "swagger";
  const declared = root[member];
  const version = shortText(plainText(declared), 50);
  const checked = { format: "openapi", version, metadata: openApiMetadata(root) } as const;
  const schema = typeof declared === "string" ? openApiSchema(declared) : undefined;
  if (!schema) {
    const message =
      typeof declared === "string"
        ? `OpenAPI "${version}" is not known; 2.0 and 3.0 to 3.2 are.`
        : 'The version must be a text such as "3.0.3"; in YAML it needs quotes.';
    return { ...checked, findings: [found("error", `/${member}`, message), ...content.findings] };
  }
  return { ...checked, findings: [...schema.check(root, content.values), ...content.findings] };
}

function openApiMetadata(root: PlainObject): PlainObject {
  return present({
    ...infoMetadata(root),
    operations: searchNames(operationNames(root)),
    tags: searchNames(itemsOf(root, "tags").map((tag) => isPlainObject(tag) && ownValue(tag, "name"))),
  });
}

/** Such as `GET /orders/{id} readOrder`. */
function* operationNames(root: PlainObject): Generator<string> {
  for (const [path, item] of [...entriesOf(root, "paths"), ...entriesOf(root, "webhooks")]) {
    if (!isPlainObject(item)) continue;
    for (const [method, operation] of Object.entries(item)) {
      if (!METHODS.has(method)) continue;
      const id = isPlainObject(operation) ? ownValue(operation, "operationId") : undefined;
      yield `${method.toUpperCase()} ${path}${typeof id === "string" ? ` ${id}` : ""}`;
    }
  }
}
