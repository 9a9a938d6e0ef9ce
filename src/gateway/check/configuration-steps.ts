import { entryCredentials } from "../../core/resources/entry-credentials.ts";
import type { FoundApi } from "../../snapshot/findings.ts";
import type { Fault } from "../../snapshot/finding.ts";
import { skipped, type CheckState, type CheckStep, type CheckStepName } from "./check-step.ts";

/** What can be said of an API without a call: its name, its settings, its Secrets. */
export function configurationSteps(api: FoundApi): readonly CheckStep[] {
  const { faults, entry } = api;
  const secrets = [entryCredentials(entry)?.secretName, entry.requestParametersSecretName].filter(Boolean);
  return [
    stepOf("name", faults) ?? ok("name", placesOf(api)),
    stepOf("settings", faults) ?? ok("settings", "the target URL and all settings can be used"),
    stepOf("secret", faults) ??
      (secrets.length === 0
        ? skipped("secret", "no Secret is needed")
        : ok("secret", `${secrets.join(" and ")}: there, with all that is needed`)),
  ];
}

/** One line for all that is wrong with a step; undefined where nothing is. */
function stepOf(step: CheckStepName, faults: readonly Fault[]): CheckStep | undefined {
  const own = faults.filter((fault) => fault.step === step);
  const [worst] = own.toSorted((one, other) => rank(one) - rank(other));
  if (!worst) return undefined;
  const state: CheckState = worst.severity === "error" ? "failed" : "warning";
  const message = own.map((fault) => fault.message).join("; ");
  return { step, state, milliseconds: 0, message, remedy: worst.remedy };
}

function rank({ severity }: Fault): number {
  return severity === "error" ? 0 : 1;
}

function ok(step: CheckStepName, message: string): CheckStep {
  return { step, state: "ok", milliseconds: 0, message };
}

function placesOf({ manualPath, compassPath }: FoundApi): string {
  const places = [
    ...(manualPath === undefined ? [] : [`${manualPath} on 8080`]),
    ...(compassPath === undefined ? [] : [`${compassPath} on 8082`]),
  ];
  return `called at ${places.join(" and ")}`;
}
