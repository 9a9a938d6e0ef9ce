import { isPlainObject, ownValue, type PlainObject } from "../../core/plain-object.ts";
import { checkContent } from "./check-content.ts";
import { checkOperations } from "./check-operations.ts";
import type { FormatCheck } from "./format-check.ts";
import { found } from "./found.ts";
import { operationsOf, type FoundOperation } from "./openapi-paths.ts";
import { openApiSchema } from "./openapi-schemas.ts";
import { plainText, shortText } from "./short-text.ts";
import { entriesOf, infoMetadata, itemsOf, present, searchNames, searchProse } from "./title-metadata.ts";

/** OpenAPI 3.x, or 2.0 under its old name Swagger. */
export function checkOpenApi(root: PlainObject): FormatCheck | { readonly unchecked: string } {
  const content = checkContent(root);
  if ("unchecked" in content) return content;
  const member = Object.hasOwn(root, "openapi") ? "openapi" : "swagger";
  const declared = root[member];
  const operations = operationsOf(root);
  const version = shortText(plainText(declared), 50);
  const checked = { format: "openapi", version, metadata: openApiMetadata(root, operations) } as const;
  const schema = typeof declared === "string" ? openApiSchema(declared) : undefined;
  if (!schema) {
    const message =
      typeof declared === "string"
        ? `OpenAPI "${version}" is not known; 2.0 and 3.0 to 3.2 are.`
        : 'The version must be a text such as "3.0.3"; in YAML it needs quotes.';
    return { ...checked, findings: [found("error", `/${member}`, message), ...content.findings] };
  }
  return {
    ...checked,
    findings: [
      ...schema.check(root, content.values),
      ...checkOperations(root, operations),
      ...content.findings,
    ],
  };
}

function openApiMetadata(root: PlainObject, operations: readonly FoundOperation[]): PlainObject {
  const webhooks = entriesOf(root, "webhooks").map(([name]) => name);
  const said = (member: string) => operations.map(({ operation }) => ownValue(operation, member));
  return present({
    ...infoMetadata(root),
    operations: searchNames([...operations.map(operationName), ...webhooks]),
    tags: searchNames(itemsOf(root, "tags").map((tag) => isPlainObject(tag) && ownValue(tag, "name"))),
    summaries: searchProse([...said("summary"), ...said("description")]),
  });
}

/** Such as `GET /orders/{id} readOrder`. */
function operationName({ path, method, id }: FoundOperation): string {
  return `${method.toUpperCase()} ${path}${id === undefined ? "" : ` ${id}`}`;
}
