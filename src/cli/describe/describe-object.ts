import { stringify } from "yaml";
import type { Application } from "../../core/resources/application.ts";
import { ageText } from "../../core/resources/columns.ts";
import { isPlainObject, type PlainObject } from "../../core/plain-object.ts";
import { objectAt, textAt, textsAt } from "../json-fields.ts";
import { LAST_APPLIED } from "../manifests/last-applied.ts";
import { pairsText, renderLines, type Line } from "../output/sections.ts";
import type { OpenServer } from "../server/open-server.ts";
import type { ResourceType } from "../server/resource-type.ts";
import { applicationLines } from "./application-lines.ts";
import { eventLines } from "./event-lines.ts";
import type { GivenUrls } from "./known-services.ts";
import { secretSizes } from "./secret-sizes.ts";

export interface Describing {
  readonly server: OpenServer;
  readonly givenUrls: GivenUrls;
  readonly credentialsNamespace: string;
  /** Milliseconds since the epoch, for ages. */
  readonly now: number;
}

/** All there is to know about one object, as a text for a person. */
export async function describeObject(
  type: ResourceType,
  object: unknown,
  describing: Describing,
): Promise<string> {
  const lines = [
    ...metadataLines(object, describing.now),
    ...(await ownLines(type, object, describing)),
    ...(await eventLines(object, describing)),
  ];
  return renderLines(lines) + restOf(type, object);
}

function metadataLines(object: unknown, now: number): readonly Line[] {
  const metadata = objectAt(object, "metadata");
  const { [LAST_APPLIED]: _hidden, ...annotations } = objectAt(metadata, "annotations") ?? {};
  const created = textAt(metadata, "creationTimestamp") ?? "";
  const namespace = textAt(metadata, "namespace");
  const deleted = textAt(metadata, "deletionTimestamp");
  const finalizers = textsAt(metadata, "finalizers");
  return [
    { label: "Name", value: textAt(metadata, "name") ?? "" },
    ...(namespace ? [{ label: "Namespace", value: namespace }] : []),
    { label: "Labels", value: pairsText(objectAt(metadata, "labels") ?? {}) },
    { label: "Annotations", value: pairsText(annotations) },
    { label: "Created", value: `${created} (${ageText(now - Date.parse(created))} ago)` },
    ...(deleted ? [{ label: "Deleted", value: `${deleted}, held by ${finalizers.join(", ")}` }] : []),
  ];
}

async function ownLines(
  type: ResourceType,
  object: unknown,
  describing: Describing,
): Promise<readonly Line[]> {
  // The server admits only what fits the kind's schema.
  if (isApplication(type)) return await applicationLines(object as Application, describing);
  if (!isSecret(type)) return [];
  const sizes = secretSizes(object).map(({ key, bytes }) => ({ label: key, value: `${bytes} bytes` }));
  return [
    { label: "Type", value: textAt(object, "type") ?? "Opaque" },
    { label: "Data", inner: sizes },
  ];
}

/** What has no description of its own: its fields as they are. */
function restOf(type: ResourceType, object: unknown): string {
  if (isApplication(type) || isSecret(type) || !isPlainObject(object)) return "";
  const { apiVersion: _version, kind: _kind, metadata: _metadata, ...rest }: PlainObject = object;
  return Object.keys(rest).length === 0 ? "" : stringify(rest, { lineWidth: 0 });
}

function isApplication({ group, kind }: ResourceType): boolean {
  return group === "applicationconnector.kyma-project.io" && kind === "Application";
}

function isSecret({ group, kind }: ResourceType): boolean {
  return group === "" && kind === "Secret";
}
