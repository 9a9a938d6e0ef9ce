import type { ChangeLog, LoggedPlace, LoggedState } from "./change-log.ts";
import type { ObjectTable, PageQuery } from "./object-table.ts";
import { isAfter } from "./refs.ts";
import type { RowKey } from "./row-key.ts";

/** Changes that are looked at on each side of a version: to find out what was takes a moment for each. */
const MOST_CHANGES = 10_000;

/** An object as it was. */
export interface PastObject extends RowKey, LoggedState {}

interface Tables {
  readonly objects: Pick<ObjectTable, "page">;
  readonly log: ChangeLog;
}

/**
 * The objects of a kind as they were at a version of the past, in the order of lists: what has not changed since is
 * as it is now, and what has is in the log. undefined where the log does not tell.
 */
export function pastObjects(
  { objects, log }: Tables,
  query: PageQuery,
  version: number,
): Iterable<PastObject> | undefined {
  if (!log.reaches(version)) return undefined;
  const changed = firstChanges(log, query, version);
  const states = changed && statesAt(log, query, { version, changed });
  return states && merged(objects.page(query), { changed, states: selected(states, query) });
}

type Places = ReadonlyMap<string, LoggedPlace>;

/** Of each object that has changed since, the first change. */
function firstChanges(log: ChangeLog, kind: PageQuery, version: number): Places | undefined {
  const first = new Map<string, LoggedPlace>();
  let count = 0;
  for (const change of log.placesAfter(version, kind)) {
    if (++count > MOST_CHANGES) return undefined;
    const place = placeOf(change);
    if (!first.has(place)) first.set(place, change);
  }
  return first;
}

/** What the objects were that have changed since and were there already. */
function statesAt(
  log: ChangeLog,
  kind: PageQuery,
  { version, changed }: { readonly version: number; readonly changed: Places },
): PastObject[] | undefined {
  // What was added afterwards was not there.
  const wanted = new Map([...changed].filter(([, { type }]) => type !== "added"));
  const states: PastObject[] = [];
  for (const [place, next] of wanted) {
    const previous = next.type === "modified" ? log.at(next.version)?.previous : undefined;
    if (!previous) continue;
    states.push({ ...keyOfPlace(next), ...previous });
    wanted.delete(place);
  }
  let count = 0;
  for (const change of wanted.size > 0 ? log.placesBefore(version, kind) : []) {
    if (wanted.size === 0 || ++count > MOST_CHANGES) break;
    if (!wanted.delete(placeOf(change))) continue;
    const logged = log.at(change.version);
    if (!logged?.body) return undefined;
    states.push({ ...keyOfPlace(change), labels: logged.labels, body: logged.body });
  }
  return wanted.size === 0 ? states : undefined;
}

function selected(states: readonly PastObject[], { namespace, name, after }: PageQuery): PastObject[] {
  return states
    .filter(
      (state) =>
        (namespace === undefined || state.namespace === namespace) &&
        (name === undefined || state.name === name) &&
        (after === undefined || isAfter(state, after)),
    )
    .toSorted((one, other) => (isAfter(one, other) ? 1 : -1));
}

function* merged(
  now: Iterable<PastObject>,
  { changed, states }: { readonly changed: Places; readonly states: readonly PastObject[] },
): Generator<PastObject> {
  let next = 0;
  for (const row of now) {
    for (let state = states[next]; state && isAfter(row, state); state = states[++next]) yield state;
    if (!changed.has(placeOf(row))) yield row;
  }
  yield* states.slice(next);
}

/** No name has a space. */
function placeOf({ namespace, name }: Pick<RowKey, "namespace" | "name">): string {
  return `${namespace} ${name}`;
}

function keyOfPlace({ group, kind, namespace, name }: RowKey): RowKey {
  return { group, kind, namespace, name };
}
