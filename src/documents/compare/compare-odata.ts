import type { ChangeList } from "./change-list.ts";
import { compareODataOperations } from "./compare-odata-operations.ts";
import { ODataTypesComparison } from "./compare-odata-types.ts";
import type { ODataModel } from "./odata-model.ts";

/**
 * Adds what changed between two OData services. What callers may not notice is what the protocol lists as safe
 * (OData 4.01 part 1, section 5.2): new types, resources and operations, and properties that may be left out.
 */
export function compareOData(before: ODataModel, after: ODataModel, changes: ChangeList): void {
  if (before.protocol !== after.protocol) {
    const message = `The version of OData was ${before.protocol || "not said"} and is ${after.protocol || "not said"}.`;
    changes.breaking("protocol-changed", "", message);
  }
  compareResources(before, after, changes);
  new ODataTypesComparison([before, after], changes).compare();
  compareODataOperations([before, after], changes);
}

function compareResources(before: ODataModel, after: ODataModel, changes: ChangeList): void {
  for (const [name, { kind, target, path }] of before.resources) {
    const next = after.resources.get(name);
    changes.step();
    if (!next) changes.breaking("resource-removed", path, `The ${kind} ${name} is gone.`);
    else if (next.kind !== kind || next.target !== target) {
      const message = `${name} was the ${kind} of ${target} and is the ${next.kind} of ${next.target}.`;
      changes.breaking("resource-changed", next.path, message);
    }
  }
  for (const [name, { kind, path }] of after.resources) {
    if (!before.resources.has(name))
      changes.compatible("resource-added", path, `The ${kind} ${name} is new.`);
  }
}
