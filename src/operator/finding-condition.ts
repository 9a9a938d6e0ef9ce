import type { Application } from "../core/resources/application.ts";

export type Condition = NonNullable<NonNullable<Application["status"]>["conditions"]>[number];

/** What is wrong with an Application, in a few words. */
export interface Judgement {
  /** One word, the same for as long as the matter is. */
  readonly reason: string;
  /** A sentence. */
  readonly message: string;
  /** Whether an API cannot be called because of it. */
  readonly isError: boolean;
}

/** Whether calls of all APIs can be made, as far as the configuration tells. */
const TYPE = "Valid";

/** As long as a condition's message may be in a cluster. */
const LONGEST = 32_768;

/**
 * The conditions that an Application is to have; undefined where it has them. An Application that never had a finding
 * gets none: a write of its status would count as a generation of it (amendment A3).
 */
export function conditionsWanted(
  { status }: Application,
  judgement: Judgement | undefined,
  now: number,
): readonly Condition[] | undefined {
  const conditions = status?.conditions ?? [];
  const before = conditions.find(({ type }) => type === TYPE);
  if (!before && !judgement) return undefined;
  const wanted = {
    type: TYPE,
    status: judgement?.isError === true ? "False" : "True",
    reason: judgement?.reason ?? "NoFindings",
    message: (judgement?.message ?? "nothing is found to be wrong").slice(0, LONGEST),
  } as const;
  if (before && isSame(before, wanted)) return undefined;
  const lastTransitionTime =
    before?.status === wanted.status
      ? before.lastTransitionTime
      : new Date(now).toISOString().replace(/\.\d+Z$/, "Z");
  const condition = { ...wanted, lastTransitionTime };
  return before ? conditions.map((one) => (one === before ? condition : one)) : [...conditions, condition];
}

type Said = Pick<Condition, "status" | "reason" | "message">;

function isSame(one: Said, other: Said): boolean {
  return one.status === other.status && one.reason === other.reason && one.message === other.message;
}
