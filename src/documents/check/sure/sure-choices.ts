import { isPlainObject, type PlainObject } from "../../../core/plain-object.ts";
import { UNSURE } from "./sure-rules.ts";
import type { SureRule, SureSchema } from "./sure-schema.ts";
import type { SureSchemas } from "./sure-schemas.ts";

/** What a schema says by other schemas for the same value; undefined for each keyword that is not there. */
export function choiceRules(schema: PlainObject, schemas: SureSchemas): readonly (SureRule | undefined)[] {
  const { allOf, anyOf, not, dependentSchemas } = schema;
  return [
    allOf === undefined ? undefined : listed(allOf, schemas, allRule),
    anyOf === undefined ? undefined : listed(anyOf, schemas, anyRule),
    not === undefined ? undefined : notRule(schemas.of(not)),
    schema["if"] === undefined ? undefined : conditionRule(schema, schemas),
    dependentSchemas === undefined ? undefined : dependentRule(dependentSchemas, schemas),
  ];
}

type Join = (choices: readonly SureSchema[]) => SureRule;

function listed(list: unknown, schemas: SureSchemas, join: Join): SureRule {
  return Array.isArray(list) ? join(list.map((schema) => schemas.of(schema))) : UNSURE;
}

function allRule(choices: readonly SureSchema[]): SureRule {
  return {
    accepts: (value) => choices.every((choice) => choice.accepts(value)),
    rejects: (value) => choices.some((choice) => choice.rejects(value)),
    covers: (object, key) => choices.some((choice) => choice.covers(object, key)),
  };
}

/** Which of the choices are valid is not known of all: none of them covers anything. */
function anyRule(choices: readonly SureSchema[]): SureRule {
  return {
    accepts: (value) => choices.some((choice) => choice.accepts(value)),
    rejects: (value) => choices.every((choice) => choice.rejects(value)),
  };
}

function notRule(schema: SureSchema): SureRule {
  return {
    accepts: (value) => schema.rejects(value),
    rejects: (value) => schema.accepts(value),
  };
}

function conditionRule(schema: PlainObject, schemas: SureSchemas): SureRule {
  const condition = schemas.of(schema["if"]);
  const [fulfilled, other] = [schemas.of(schema["then"] ?? true), schemas.of(schema["else"] ?? true)];
  return {
    accepts(value) {
      if (condition.accepts(value)) return fulfilled.accepts(value);
      return condition.rejects(value) && other.accepts(value);
    },
    rejects(value) {
      if (condition.accepts(value)) return fulfilled.rejects(value);
      return condition.rejects(value) && other.rejects(value);
    },
    covers(object, key) {
      if (condition.accepts(object)) return condition.covers(object, key) || fulfilled.covers(object, key);
      return condition.rejects(object) && other.covers(object, key);
    },
  };
}

function dependentRule(dependent: unknown, schemas: SureSchemas): SureRule {
  if (!isPlainObject(dependent)) return UNSURE;
  const entries = Object.entries(dependent).map(([name, schema]) => [name, schemas.of(schema)] as const);
  const applying = (value: unknown) =>
    isPlainObject(value) ? entries.filter(([name]) => Object.hasOwn(value, name)) : [];
  return {
    accepts: (value) => applying(value).every(([, schema]) => schema.accepts(value)),
    rejects: (value) => applying(value).some(([, schema]) => schema.rejects(value)),
    covers: (object, key) => applying(object).some(([, schema]) => schema.covers(object, key)),
  };
}
