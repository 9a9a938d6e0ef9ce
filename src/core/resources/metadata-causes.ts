import { forbidden, invalidValues, required, tooLong } from "./causes.ts";
import { itemPath } from "./field-path.ts";
import type { Cause, Kind } from "./kind.ts";
import {
  labelNameProblems,
  labelValueProblems,
  qualifiedNameProblems,
  subdomainProblems,
} from "./name-rules.ts";
import type { OwnerReference, Resource } from "./resource.ts";

const ANNOTATIONS_LIMIT = 262_144;

/** What is wrong with the metadata of an object about to be stored (admin-api spec §§7, 12). */
export function metadataCauses(
  kind: Pick<Kind, "custom" | "nameRule">,
  value: Resource,
  previous: Resource | undefined,
): Cause[] {
  const { metadata } = value;
  return [
    ...nameCauses(kind, value),
    ...Object.entries(metadata.labels ?? {}).flatMap(([key, text]) => labelCauses(key, text)),
    ...annotationCauses(metadata.annotations ?? {}),
    ...ownerCauses(metadata.ownerReferences ?? []),
    ...finalizerCauses(kind, metadata.finalizers ?? []),
    ...(previous ? newFinalizerCauses(value, previous) : []),
  ];
}

function nameCauses(kind: Pick<Kind, "nameRule">, { metadata }: Resource): Cause[] {
  const problems = kind.nameRule === "label" ? labelNameProblems : subdomainProblems;
  const causes: Cause[] = [];
  if (metadata.generateName) {
    // A generated name goes on after the prefix, so the prefix alone may end in a hyphen.
    const prefix = metadata.generateName.replace(/-$/, "a");
    causes.push(...invalidValues("metadata.generateName", metadata.generateName, problems(prefix)));
  }
  if (!metadata.name) return [...causes, required("metadata.name", "name or generateName is required")];
  return [...causes, ...invalidValues("metadata.name", metadata.name, problems(metadata.name))];
}

function labelCauses(key: string, text: string): Cause[] {
  return [
    ...invalidValues("metadata.labels", key, qualifiedNameProblems(key)),
    ...invalidValues("metadata.labels", text, labelValueProblems(text)),
  ];
}

function annotationCauses(annotations: Readonly<Record<string, string>>): Cause[] {
  const field = "metadata.annotations";
  const entries = Object.entries(annotations);
  const causes = entries.flatMap(([key]) =>
    // Annotation keys differ from label keys in one point: their prefix may have capitals.
    invalidValues(field, key, qualifiedNameProblems(key.toLowerCase())),
  );
  let bytes = 0;
  for (const [key, text] of entries) bytes += Buffer.byteLength(key) + Buffer.byteLength(text);
  return bytes > ANNOTATIONS_LIMIT ? [...causes, tooLong(field, ANNOTATIONS_LIMIT)] : causes;
}

function ownerCauses(owners: readonly OwnerReference[]): Cause[] {
  const field = "metadata.ownerReferences";
  const causes: Cause[] = [];
  for (const owner of owners) {
    if (!/^([^/]+\/)?[^/]+$/.test(owner.apiVersion ?? "")) {
      causes.push(
        ...invalidValues(`${field}.apiVersion`, owner.apiVersion ?? "", ["version must not be empty"]),
      );
    }
    for (const name of ["kind", "name", "uid"] as const) {
      if (!owner[name]) causes.push(...invalidValues(`${field}.${name}`, "", ["must not be empty"]));
    }
  }
  const controllers = owners.filter((owner) => owner.controller);
  const [first, second] = controllers;
  if (!first || !second) return causes;
  const problem = `Only one reference can have Controller set to true. Found "true" in references for ${first.kind}/${first.name} and ${second.kind}/${second.name}`;
  return [...causes, ...invalidValues(field, owners, [problem])];
}

const STANDARD_FINALIZERS: ReadonlySet<string> = new Set(["kubernetes", "orphan", "foregroundDeletion"]);

function finalizerCauses(kind: Pick<Kind, "custom">, finalizers: readonly string[]): Cause[] {
  const field = "metadata.finalizers";
  const causes = finalizers.flatMap((name) => invalidValues(field, name, qualifiedNameProblems(name)));
  if (finalizers.includes("orphan") && finalizers.includes("foregroundDeletion")) {
    const problem = "finalizer orphan and foregroundDeletion cannot be both set";
    causes.push(...invalidValues(field, finalizers, [problem]));
  }
  if (kind.custom) return causes;
  const problem = "name is neither a standard finalizer name nor is it fully qualified";
  finalizers.forEach((name, index) => {
    if (!isQualifiedFinalizer(name)) causes.push(...invalidValues(itemPath(field, index), name, [problem]));
  });
  return causes;
}

/** Custom resources may have others; a client is then warned (admin-api spec §12). */
export function isQualifiedFinalizer(name: string): boolean {
  return name.includes("/") || STANDARD_FINALIZERS.has(name);
}

function newFinalizerCauses(value: Resource, previous: Resource): Cause[] {
  if (previous.metadata.deletionTimestamp === undefined) return [];
  const known = previous.metadata.finalizers ?? [];
  const added = [...new Set(value.metadata.finalizers)].filter((name) => !known.includes(name));
  if (added.length === 0) return [];
  const shown = added.toSorted().map((name) => JSON.stringify(name));
  const detail = `no new finalizers can be added if the object is being deleted, found new finalizers []string{${shown.join(", ")}}`;
  return [forbidden("metadata.finalizers", detail)];
}
