import { isPlainObject, ownValue, type PlainObject } from "../../core/plain-object.ts";
import { writePointer } from "../check/json-pointer.ts";
import { isMethod } from "../check/openapi-paths.ts";
import { plainText } from "../check/short-text.ts";
import { mediaSchemas, type Content } from "./media-schemas.ts";
import { parameterStyle } from "./parameter-style.ts";
import { listOf, members, resolved } from "./resolved.ts";
import { readRequirement, type Requirement } from "./security-requirements.ts";

export interface Parameter {
  readonly name: string;
  readonly required: boolean;
  readonly path: string;
  readonly content: Content;
  /** How lists and objects are written; undefined for what is neither. */
  readonly style: string | undefined;
}

/** A response, or the body of a request. */
export interface Message {
  readonly path: string;
  /** Of a request. */
  readonly required: boolean;
  readonly contents: ReadonlyMap<string, Content>;
  /** Of a response, by their names in lower case. */
  readonly headers: ReadonlyMap<string, Header>;
}

export interface Header {
  readonly required: boolean;
  readonly content: Content;
}

/** One operation of any version of OpenAPI. */
export interface Operation {
  /** As the document writes it, such as `GET /orders/{id}`. */
  readonly name: string;
  readonly path: string;
  readonly parameters: ReadonlyMap<string, Parameter>;
  readonly body: Message | undefined;
  readonly responses: ReadonlyMap<string, Message>;
  /** Requirements, one of which a caller must meet; empty: none. */
  readonly security: readonly Requirement[];
  readonly deprecated: boolean;
}

/**
 * By path, or by the name of the webhook, and then by method; the names of path parameters are nobody's business
 * but the document's.
 */
export function openApiOperations(
  root: PlainObject,
  area: "paths" | "webhooks",
): Map<string, Map<string, Operation>> {
  const paths = new Map<string, Map<string, Operation>>();
  for (const [template, value] of members(ownValue(root, area))) {
    if (template.startsWith("x-") || (area === "paths" && !template.startsWith("/"))) continue;
    const { object: item } = resolved(root, value);
    const operations = new Map<string, Operation>();
    for (const [method, operation] of Object.entries(item)) {
      if (!isMethod(method) || !isPlainObject(operation)) continue;
      operations.set(method, readOperation({ root, area, item, operation, template, method }));
    }
    if (operations.size > 0) paths.set(template.replace(/\{[^{}]*\}/g, "{}"), operations);
  }
  return paths;
}

interface Source {
  readonly root: PlainObject;
  readonly area: string;
  readonly item: PlainObject;
  readonly operation: PlainObject;
  readonly template: string;
  readonly method: string;
}

function readOperation(source: Source): Operation {
  const { root, area, operation, template, method } = source;
  const path = writePointer([area, template, method]);
  const parameters = parametersOf(source, path);
  const security = ownValue(operation, "security") ?? ownValue(root, "security");
  return {
    name: `${method.toUpperCase()} ${template}`,
    path,
    parameters: new Map(
      parameters.filter((parameter) => !isBody(parameter)).map((parameter) => [parameter.key, parameter]),
    ),
    body: bodyOf(source, path) ?? swaggerBody(source, parameters.filter(isBody)),
    responses: responsesOf(source, path),
    security: listOf(security).map(readRequirement),
    deprecated: ownValue(operation, "deprecated") === true,
  };
}

interface FoundParameter extends Parameter {
  readonly place: string;
  readonly key: string;
}

/** As Swagger 2.0 has it. */
function isBody({ place }: FoundParameter): boolean {
  return place === "body" || place === "formData";
}

function parametersOf({ root, item, operation, template }: Source, path: string): FoundParameter[] {
  const found = new Map<string, FoundParameter>();
  const itemPath = path.slice(0, path.lastIndexOf("/"));
  const lists = [
    [ownValue(item, "parameters"), itemPath],
    [ownValue(operation, "parameters"), path],
  ] as const;
  for (const [list, parent] of lists) {
    listOf(list).forEach((value, index) => {
      const parameter = readParameter(root, resolved(root, value).object, template);
      const at = `${parent}/parameters/${index}`;
      const content = { ...parameter.content, path: `${at}${parameter.content.path}` };
      found.set(parameter.key, { ...parameter, path: at, content });
    });
  }
  return [...found.values()];
}

function readParameter(
  root: PlainObject,
  parameter: PlainObject,
  template: string,
): Omit<FoundParameter, "path"> {
  const [name, place] = [plainText(ownValue(parameter, "name")), plainText(ownValue(parameter, "in"))];
  // The nth parameter of a path is the nth, whatever it is called; headers know no case.
  const position = [...template.matchAll(/\{([^{}]*)\}/g)].findIndex(([, inPath]) => inPath === name);
  const shown = place === "path" ? String(position) : place === "header" ? name.toLowerCase() : name;
  return {
    name: `${place} parameter ${name}`,
    place,
    key: `${place}:${shown}`,
    required: place === "path" || ownValue(parameter, "required") === true,
    content: parameterContent(parameter),
    style: parameterStyle(root, parameter),
  };
}

/** Its schema, with the way to it from the parameter. */
function parameterContent(parameter: PlainObject): Content {
  const schema = ownValue(parameter, "schema");
  if (schema !== undefined) return { schema, path: "/schema" };
  const [content] = mediaSchemas(ownValue(parameter, "content"), "").values();
  // Swagger 2.0 writes the schema into the parameter itself.
  return content ?? { schema: withoutRequired(parameter), path: "" };
}

/** `required` of a parameter is no list of properties. */
function withoutRequired({ required: _, ...schema }: PlainObject): PlainObject {
  return schema;
}

function bodyOf({ root, operation }: Source, path: string): Message | undefined {
  const value = ownValue(operation, "requestBody");
  if (value === undefined) return undefined;
  const { object } = resolved(root, value);
  const at = `${path}/requestBody`;
  return {
    path: at,
    required: ownValue(object, "required") === true,
    contents: mediaSchemas(ownValue(object, "content"), at),
    headers: new Map(),
  };
}

/** Swagger 2.0: one parameter is the body, or several are the fields of a form. */
function swaggerBody(source: Source, parameters: readonly FoundParameter[]): Message | undefined {
  const [first] = parameters;
  if (!first) return undefined;
  const isForm = first.place === "formData";
  const types = mediaTypes(source, "consumes", isForm ? "multipart/form-data" : "application/json");
  const content = isForm ? { schema: formSchema(parameters), path: first.path } : first.content;
  return {
    path: first.path,
    required: parameters.some(({ required }) => required),
    contents: new Map(types.map((type) => [type, content])),
    headers: new Map(),
  };
}

function formSchema(parameters: readonly FoundParameter[]): PlainObject {
  const field = ({ key }: FoundParameter) => key.slice("formData:".length);
  return {
    type: "object",
    properties: Object.fromEntries(
      parameters.map((parameter) => [field(parameter), parameter.content.schema]),
    ),
    required: parameters.filter(({ required }) => required).map(field),
  };
}

function responsesOf(source: Source, path: string): Map<string, Message> {
  const responses = new Map<string, Message>();
  for (const [status, value] of members(ownValue(source.operation, "responses"))) {
    if (status.startsWith("x-")) continue;
    const { object } = resolved(source.root, value);
    const at = `${path}${writePointer(["responses", status])}`;
    const schema = ownValue(object, "schema");
    const contents =
      schema === undefined
        ? mediaSchemas(ownValue(object, "content"), at)
        : new Map(
            mediaTypes(source, "produces", "application/json").map((type) => [
              type,
              { schema, path: `${at}/schema` },
            ]),
          );
    const headers = headersOf(source.root, object, at);
    responses.set(status, { path: at, required: false, contents, headers });
  }
  return responses;
}

function headersOf(root: PlainObject, response: PlainObject, path: string): Map<string, Header> {
  const headers = members(ownValue(response, "headers")).map(([name, value]): [string, Header] => {
    const { object } = resolved(root, value);
    const { schema, path: within } = parameterContent(object);
    const content = { schema, path: `${path}${writePointer(["headers", name])}${within}` };
    return [name.toLowerCase(), { required: ownValue(object, "required") === true, content }];
  });
  return new Map(headers);
}

/** Swagger 2.0 names the media types of bodies once for an operation or for all. */
function mediaTypes({ root, operation }: Source, member: string, otherwise: string): readonly string[] {
  const types = listOf(ownValue(operation, member) ?? ownValue(root, member)).filter(
    (type): type is string => typeof type === "string",
  );
  return types.length > 0 ? types : [otherwise];
}
