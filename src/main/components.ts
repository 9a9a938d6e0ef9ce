import { listOf } from "../config/setting.ts";

const COMPONENTS = ["gateway", "admin", "ingress", "connector", "validator", "registry"] as const;

export type Component = (typeof COMPONENTS)[number];

/** Which parts a process runs: all of them on one machine, one or a few each in a larger installation. */
export const componentsSetting = listOf(`components (${COMPONENTS.join(", ")})`, isComponent, {
  default: COMPONENTS,
  isNeeded: true,
  description:
    "What this process runs. The validator and the connector have listeners of their own where no ingress stands in front of them, the registry where no validator does, and the connector's internal API where there is no admin API.",
});

function isComponent(name: string): name is Component {
  return (COMPONENTS as readonly string[]).includes(name);
}
