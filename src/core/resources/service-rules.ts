import { duplicate, invalidValues, required } from "./causes.ts";
import { fieldPath, itemPath, keyPath } from "./field-path.ts";
import type { Cause } from "./kind.ts";
import { labelNameProblems, labelValueProblems, qualifiedNameProblems } from "./name-rules.ts";
import type { Service, ServicePort } from "./service.ts";

/** As the API server stores it: where no target port is given it is the port itself. */
export function normaliseService(value: Service): Service {
  const ports = value.spec?.ports;
  if (!ports) return value;
  const settled = ports.map((port) =>
    port.targetPort === undefined || port.targetPort === "" || port.targetPort === 0
      ? { ...port, targetPort: port.port }
      : port,
  );
  return { ...value, spec: { ...value.spec, ports: settled } };
}

export function serviceCauses({ spec = {} }: Service): Cause[] {
  const ports = spec.ports ?? [];
  const causes: Cause[] = [];
  if (spec.type === "ExternalName") {
    if (!spec.externalName) causes.push(required("spec.externalName"));
  } else if (ports.length === 0 && spec.clusterIP !== "None") causes.push(required("spec.ports"));
  causes.push(...ports.flatMap((port, index) => portCauses(port, index, ports)));
  for (const [key, text] of Object.entries(spec.selector ?? {})) {
    causes.push(
      ...invalidValues("spec.selector", key, qualifiedNameProblems(key)),
      ...invalidValues(keyPath("spec.selector", key), text, labelValueProblems(text)),
    );
  }
  return causes;
}

function portCauses(port: ServicePort, index: number, ports: readonly ServicePort[]): Cause[] {
  const path = itemPath("spec.ports", index);
  const before = ports.slice(0, index);
  const causes = [...nameCauses(port, path, ports), ...targetCauses(port, fieldPath(path, "targetPort"))];
  if (port.name && before.some(({ name }) => name === port.name)) {
    causes.push(duplicate(fieldPath(path, "name"), port.name));
  }
  if (before.some((other) => other.port === port.port && other.protocol === port.protocol)) {
    causes.push(duplicate(path, { protocol: port.protocol, port: port.port }));
  }
  return causes;
}

function nameCauses({ name }: ServicePort, path: string, ports: readonly ServicePort[]): Cause[] {
  const field = fieldPath(path, "name");
  if (name) return invalidValues(field, name, labelNameProblems(name));
  return ports.length > 1 ? [required(field)] : [];
}

function targetCauses({ targetPort }: ServicePort, field: string): Cause[] {
  if (typeof targetPort === "number") {
    const fits = targetPort >= 1 && targetPort <= 65_535;
    return invalidValues(field, targetPort, fits ? [] : ["must be between 1 and 65535, inclusive"]);
  }
  return invalidValues(field, targetPort, portNameProblems(targetPort ?? ""));
}

/** RFC 6335 §5.1 */
function portNameProblems(name: string): string[] {
  const problems = name.length > 15 ? ["must be no more than 15 characters"] : [];
  if (!/^[-a-z0-9]+$/.test(name))
    problems.push("must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)");
  if (!/[a-z]/.test(name)) problems.push("must contain at least one letter (a-z)");
  if (name.includes("--")) problems.push("must not contain consecutive hyphens");
  if (/^-|-$/.test(name)) problems.push("must not begin or end with a hyphen");
  return problems;
}
