import { ownValue } from "../../core/plain-object.ts";
import { plainText } from "../check/short-text.ts";
import type { ChangeList } from "./change-list.ts";
import { SchemaComparison, type Documents } from "./compare-schemas.ts";
import type { Content } from "./media-schemas.ts";
import { openApiOperations, type Message, type Operation } from "./openapi-operations.ts";
import { compareSchemes } from "./compare-schemes.ts";
import { isStillEnough } from "./security-requirements.ts";

/** Adds what changed between two OpenAPI documents, of the same version or not. */
export function compareOpenApi(documents: Documents, changes: ChangeList): void {
  compareBasePath(documents, changes);
  compareSchemes(documents, changes);
  compareOperations("paths", documents, changes);
  compareOperations("webhooks", documents, changes);
}

function compareOperations(area: "paths" | "webhooks", documents: Documents, changes: ChangeList): void {
  const before = openApiOperations(documents.before, area);
  const after = openApiOperations(documents.after, area);
  const comparison = new OperationComparison(documents, changes, area === "webhooks");
  for (const [template, operations] of before) {
    const next = after.get(template);
    for (const [method, operation] of operations) {
      const nextOperation = next?.get(method);
      if (nextOperation) comparison.compare(operation, nextOperation);
      else changes.breaking("operation-removed", operation.path, `${operation.name} is gone.`);
    }
  }
  for (const [template, operations] of after) {
    for (const [method, { name, path }] of operations) {
      if (before.get(template)?.has(method)) continue;
      changes.compatible("operation-added", path, `${name} is new.`);
    }
  }
}

/** Swagger 2.0 only: later versions have servers, of which callers here see none but the gateway. */
function compareBasePath({ before, after }: Documents, changes: ChangeList): void {
  if (!Object.hasOwn(before, "swagger") || !Object.hasOwn(after, "swagger")) return;
  const [from, to] = [before, after].map((root) => plainText(ownValue(root, "basePath") ?? "/"));
  if (from !== to)
    changes.breaking("base-path-changed", "/basePath", `The base path was ${from} and is ${to}.`);
}

class OperationComparison {
  readonly #changes: ChangeList;
  readonly #input: SchemaComparison;
  readonly #output: SchemaComparison;

  /** `isReversed`: those who use the API are not the ones who call, but the ones who are called. */
  constructor(documents: Documents, changes: ChangeList, isReversed: boolean) {
    this.#changes = changes;
    this.#input = new SchemaComparison(documents, isReversed ? "output" : "input", changes);
    this.#output = new SchemaComparison(documents, isReversed ? "input" : "output", changes);
  }

  compare(before: Operation, after: Operation): void {
    this.#compareParameters(before, after);
    this.#compareBodies(before, after);
    this.#compareResponses(before, after);
    this.#compareSecurity(before, after);
    if (!before.deprecated && after.deprecated) {
      this.#changes.compatible("operation-deprecated", after.path, `${after.name} is deprecated.`);
    }
  }

  #compareParameters(before: Operation, after: Operation): void {
    for (const [key, { name, required, content, path, style }] of before.parameters) {
      const next = after.parameters.get(key);
      if (!next) {
        this.#changes.breaking("parameter-removed", path, `${before.name} has no ${name} any more.`);
        continue;
      }
      if (!required && next.required) {
        const message = `The ${name} of ${after.name} must be sent now.`;
        this.#changes.breaking("parameter-newly-required", next.path, message);
      } else if (required && !next.required) {
        const message = `The ${name} of ${after.name} may be left out now.`;
        this.#changes.compatible("parameter-now-optional", next.path, message);
      }
      if (style !== undefined && next.style !== undefined && style !== next.style) {
        const message = `The ${name} of ${after.name} was written as ${style} and is as ${next.style}.`;
        this.#changes.breaking("parameter-style-changed", next.path, message);
      }
      this.#input.compare(content.schema, next.content.schema, {
        path: next.content.path,
        of: `the ${name} of ${after.name}`,
      });
    }
    for (const [key, { name, required, path }] of after.parameters) {
      if (before.parameters.has(key)) continue;
      if (required) {
        const message = `The ${name} of ${after.name} is new and must be sent.`;
        this.#changes.breaking("parameter-newly-required", path, message);
      } else this.#changes.compatible("parameter-added", path, `${after.name} takes a ${name}.`);
    }
  }

  #compareBodies(before: Operation, after: Operation): void {
    const [from, to] = [before.body, after.body];
    if (from && !to) {
      this.#changes.breaking("body-removed", from.path, `${after.name} takes no body any more.`);
    } else if (to?.required && !from?.required) {
      this.#changes.breaking("body-newly-required", to.path, `${after.name} needs a body now.`);
    } else if (to && !from) {
      this.#changes.compatible("body-added", to.path, `${after.name} takes a body.`);
    }
    if (from && to) this.#compareContents([from, to], `the body of ${after.name}`, this.#input);
  }

  #compareResponses(before: Operation, after: Operation): void {
    for (const [status, response] of before.responses) {
      const next = responseFor(status, after.responses);
      const of = `the ${status} response of ${after.name}`;
      if (next) {
        this.#compareContents([response, next], of, this.#output);
        this.#compareHeaders(response, next, of);
      } else {
        // Nobody waits for an error that does not come any more.
        const severity = /^(?:[45]|default$)/.test(status) ? "compatible" : "breaking";
        const message = `${before.name} has no ${status} response any more.`;
        this.#changes.add(severity, { kind: "response-removed", path: response.path, message });
      }
    }
    for (const [status, { path }] of after.responses) {
      if (before.responses.has(status)) continue;
      this.#changes.compatible("response-added", path, `${after.name} can answer with ${status}.`);
    }
  }

  #compareHeaders(before: Message, after: Message, of: string): void {
    for (const [name, { required, content }] of before.headers) {
      const next = after.headers.get(name);
      if (!next) {
        const message = `${of} has no header ${name} any more.`;
        this.#changes.breaking("header-removed", `${before.path}/headers`, message);
        continue;
      }
      const { path, schema } = next.content;
      if (required && !next.required) {
        const message = `The header ${name} of ${of} may be missing now.`;
        this.#changes.breaking("header-now-optional", `${after.path}/headers`, message);
      }
      this.#output.compare(content.schema, schema, { path, of: `the header ${name} of ${of}` });
    }
  }

  #compareContents(
    [before, after]: readonly [Message, Message],
    of: string,
    comparison: SchemaComparison,
  ): void {
    for (const [type, { schema, path }] of before.contents) {
      const next =
        after.contents.get(type) ?? (comparison === this.#input ? rangeOf(type, after) : undefined);
      if (next) comparison.compare(schema, next.schema, { path: next.path, of });
      else this.#changes.breaking("media-type-removed", path, `${of} is not ${type} any more.`);
    }
    for (const [type, { path }] of after.contents) {
      if (before.contents.has(type)) continue;
      this.#changes.compatible("media-type-added", path, `${of} can be ${type}.`);
    }
  }

  /** Any one requirement will do, so that one that is gone is somebody's; none at all will do for all. */
  #compareSecurity(before: Operation, after: Operation): void {
    if (isOpen(after)) return;
    const path = `${after.path}/security`;
    if (isOpen(before)) {
      this.#changes.breaking("security-added", path, `${after.name} needs credentials now.`);
    } else if (!before.security.every((held) => isStillEnough(held, after.security))) {
      this.#changes.breaking("security-changed", path, `${after.name} takes other credentials than before.`);
    }
  }
}

/** Whether it can be called without credentials. */
function isOpen({ security }: Operation): boolean {
  return security.length === 0 || security.some(({ size }) => size === 0);
}

/** What describes the same answers, by itself or together with others. */
function responseFor(status: string, responses: Operation["responses"]): Message | undefined {
  const range = `${status.slice(0, 1)}XX`;
  return responses.get(status) ?? (/^\d{3}$/.test(status) ? responses.get(range) : undefined);
}

/** `application/*` and `*` with `/*` take what one type of theirs took. */
function rangeOf(type: string, { contents }: Message): Content | undefined {
  return contents.get(type.replace(/\/.*$/, "/*")) ?? contents.get("*/*");
}
