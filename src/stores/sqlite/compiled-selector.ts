import type { Kind } from "../../core/resources/kind.ts";
import type { Resource } from "../../core/resources/resource.ts";
import { StoreFailure } from "../store-failure.ts";
import type { FieldRequirement, LabelRequirement, Selector } from "../store.ts";
import type { LoggedState } from "./change-log.ts";
import type { RowKey } from "./row-key.ts";

/** A selector made ready for one kind: what the database can look for, and what is asked of each row. */
export interface CompiledSelector {
  readonly namespace: string | undefined;
  readonly name: string | undefined;
  /** Whether rows are asked at all beyond namespace and name. */
  readonly selective: boolean;
  readonly matches: (key: RowKey, state: LoggedState) => boolean;
}

/** STORE_BAD_SELECTOR for a field that the kind does not offer. */
export function compileSelector(kind: Kind, selector: Selector = {}): CompiledSelector {
  const { labels = [], fields = [] } = selector;
  const tests = fields.map((field) => fieldTest(kind, field));
  const name = fields.find(({ field, operator }) => field === "metadata.name" && operator === "=")?.value;
  const { namespace } = selector;
  return {
    namespace,
    name,
    selective: labels.length > 0 || fields.length > 0,
    matches: (key, state) =>
      (namespace === undefined || key.namespace === namespace) &&
      (labels.length === 0 || matchesLabels(labels, state.labels)) &&
      tests.every((test) => test(key, state)),
  };
}

type StateTest = (key: RowKey, state: LoggedState) => boolean;

function fieldTest(kind: Kind, { field, operator, value }: FieldRequirement): StateTest {
  const wanted = operator === "=";
  if (field === "metadata.name") return (key) => (key.name === value) === wanted;
  if (field === "metadata.namespace" && kind.scope === "Namespaced") {
    return (key) => (key.namespace === value) === wanted;
  }
  const fields = kind.selectableFields ?? {};
  const read = Object.hasOwn(fields, field) ? fields[field] : undefined;
  if (!read) throw new StoreFailure("STORE_BAD_SELECTOR", [field], { resource: kind });
  return (_key, state) => (read(JSON.parse(state.body.read()) as Resource) === value) === wanted;
}

function matchesLabels(requirements: readonly LabelRequirement[], json: string): boolean {
  const labels = JSON.parse(json) as Record<string, string>;
  return requirements.every((requirement) => {
    const { key } = requirement;
    return matchesLabel(requirement, Object.hasOwn(labels, key) ? labels[key] : undefined);
  });
}

/** An absent label satisfies `!=`, `notin` and `!exists` (admin-api spec §10). */
function matchesLabel({ operator, values }: LabelRequirement, label: string | undefined): boolean {
  switch (operator) {
    case "exists":
      return label !== undefined;
    case "!exists":
      return label === undefined;
    case "=":
    case "in":
      return label !== undefined && values.includes(label);
    case "!=":
    case "notin":
      return label === undefined || !values.includes(label);
    default: {
      const [left, right] = [wholeNumber(label), wholeNumber(values[0])];
      if (left === undefined || right === undefined) return false;
      return operator === ">" ? left > right : left < right;
    }
  }
}

function wholeNumber(text: string | undefined): bigint | undefined {
  return text !== undefined && /^-?\d+$/.test(text) ? BigInt(text) : undefined;
}
