import type { ChangeList } from "./change-list.ts";
import type { ODataModel, ODataOperation } from "./odata-model.ts";

/** Adds what changed of actions and functions, of which several of one name are told apart by their parameters. */
export function compareODataOperations(
  [before, after]: readonly [ODataModel, ODataModel],
  changes: ChangeList,
): void {
  const [from, to] = [byName(before.operations), byName(after.operations)];
  for (const [name, overloads] of from) {
    const come = [...(to.get(name) ?? [])];
    const gone = overloads.filter((overload) => {
      changes.step();
      const index = come.findIndex((other) => parameterNames(other) === parameterNames(overload));
      const [next] = index < 0 ? [] : come.splice(index, 1);
      if (next) compareOverload(overload, next, changes);
      return !next;
    });
    for (const overload of gone) {
      const next = come.shift();
      if (next) compareOverload(overload, next, changes);
      else
        changes.breaking(
          "operation-removed",
          overload.path,
          `The ${overload.kind} ${shown(overload)} is gone.`,
        );
    }
    for (const overload of come) addNew(overload, changes);
  }
  for (const [name, overloads] of to) {
    if (!from.has(name)) for (const overload of overloads) addNew(overload, changes);
  }
}

function addNew(overload: ODataOperation, changes: ChangeList): void {
  changes.compatible("operation-added", overload.path, `The ${overload.kind} ${shown(overload)} is new.`);
}

/** Overloads bound to different types have nothing to do with each other. */
function byName(operations: readonly ODataOperation[]): ReadonlyMap<string, readonly ODataOperation[]> {
  return Map.groupBy(operations, ({ kind, name, isBound, parameters }) =>
    [kind, name, isBound ? parameters[0]?.type : ""].join(" "),
  );
}

function compareOverload(before: ODataOperation, after: ODataOperation, changes: ChangeList): void {
  const { path, kind } = after;
  const name = `the ${kind} ${after.name}`;
  if (before.returns !== after.returns) {
    const message = `${name} gave ${before.returns || "nothing"} and gives ${after.returns || "nothing"}.`;
    changes.breaking("type-changed", path, message);
  }
  before.parameters.forEach((parameter, index) => {
    const next = after.parameters.find((other) => other.name === parameter.name);
    const of = `the parameter ${parameter.name} of ${name}`;
    if (!next) changes.breaking("parameter-removed", path, `${of} is gone.`);
    else if (next.type !== parameter.type) {
      changes.breaking("type-changed", path, `${of} was ${parameter.type} and is ${next.type}.`);
    } else if (parameter.isNullable && !next.isNullable) {
      changes.breaking("parameter-newly-required", path, `${of} must not be null any more.`);
    } else if (after.parameters.indexOf(next) !== index) {
      changes.breaking("parameter-moved", path, `${of} stands at another place.`);
    }
  });
  for (const { name: added, isNullable, isOptional } of after.parameters) {
    if (before.parameters.some((parameter) => parameter.name === added)) continue;
    const of = `the parameter ${added} of ${name}`;
    // Where nothing is sent for the parameter of an action it is null; a function needs all of its.
    if (isOptional || (isNullable && kind === "action"))
      changes.compatible("parameter-added", path, `${of} is new.`);
    else changes.breaking("parameter-newly-required", path, `${of} is new and must be sent.`);
  }
}

function parameterNames({ parameters }: ODataOperation): string {
  return parameters.map(({ name }) => name).join();
}

function shown(operation: ODataOperation): string {
  return `${operation.name}(${parameterNames(operation)})`;
}
