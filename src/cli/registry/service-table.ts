import type { PlainObject } from "../../core/plain-object.ts";
import { objectsAt, textAt } from "../json-fields.ts";
import { printable } from "../output/printable.ts";
import type { Table } from "../output/table.ts";

const COLUMNS = [
  { name: "Name", wide: false },
  { name: "Offers", wide: false },
  { name: "Credentials", wide: false },
  { name: "Called at", wide: false },
  { name: "Provider", wide: true },
  { name: "Identifier", wide: true },
  { name: "Target", wide: true },
  { name: "Id", wide: true },
] as const;

/** Where the gateway has the first API of the service at that position; undefined where nobody has told. */
export type CalledAt = (service: PlainObject, index: number) => string | undefined;

/** The services of an Application for people, in the order in which they were registered. */
export function serviceTable(services: readonly PlainObject[], calledAt: CalledAt = () => undefined): Table {
  return {
    columns: COLUMNS,
    rows: services.map((service, index) => ({
      cells: cells(service, calledAt(service, index) ?? ""),
      metadata: undefined,
    })),
  };
}

function cells(service: PlainObject, calledAt: string): string[] {
  const entries = objectsAt(service, "entries");
  const api = entries.find((entry) => textAt(entry, "type") === "API");
  return [
    text(service, "displayName") || text(service, "name"),
    entries.map((entry) => text(entry, "type")).join(", "),
    api ? text(api, "credentials", "type") || "none" : "",
    // In Kyma 1.x there was no central gateway; what people have applied themselves says nothing of it.
    text(api, "centralGatewayUrl") || text(api, "gatewayUrl") || printable(calledAt),
    text(service, "providerDisplayName"),
    text(service, "identifier"),
    text(api, "targetUrl"),
    text(service, "id"),
  ];
}

function text(value: unknown, ...path: string[]): string {
  return printable(textAt(value, ...path) ?? "");
}
