import type { FailureDefinition } from "../../src/core/failures.ts";
import { failureTables, repeatedCodes } from "./failure-tables.ts";
import type { PartFailures } from "./failure-tables.ts";
import type { GeneratedFile } from "./generated-file.ts";
import { tableLine } from "./table-line.ts";

const ACTORS: Readonly<Record<FailureDefinition["actor"], string>> = {
  caller: "the caller",
  operator: "the operator of the Application Connector",
  target: "whoever runs the external system",
  provider: "whoever runs the identity provider",
};

const INTRODUCTION = `# Errors

Every failure of the product has a code that is used for nothing else and never used again. The code stands
in the log; the text, with each \`…\` filled in, is what the one who asked is told. *Who must act* says who
has to change something before another try can succeed.

This page is generated from the failure tables in \`src/*/failures.ts\` by \`npm run generate\`.
`;

/** `docs/errors.md`. Throws when a code stands twice. */
export async function errorReference(): Promise<GeneratedFile> {
  const tables = await failureTables();
  const repeated = repeatedCodes(tables);
  if (repeated.length > 0) throw new Error(`failure codes used twice: ${repeated.join(", ")}`);
  return { path: "docs/errors.md", text: [INTRODUCTION, ...tables.map(section)].join("\n") };
}

function section({ part, table }: PartFailures): string {
  const rows = Object.entries(table);
  const categorised = rows.some(([, row]) => categoryOf(row) !== undefined);
  const columns = ["Code", "Status", ...(categorised ? ["X-Gateway-Error"] : []), "Who must act"];
  return [
    `## ${part}`,
    "",
    tableLine([...columns, "Text", "What to do"]),
    tableLine([...columns, "", ""].map(() => "---")),
    ...rows.map(([code, row]) =>
      tableLine([
        `<a id="${code}"></a>\`${code}\``,
        String(row.status),
        ...(categorised ? [`\`${categoryOf(row) ?? ""}\``] : []),
        ACTORS[row.actor],
        escape(row.text.replaceAll("%s", "…")),
        escape(row.remedy),
      ]),
    ),
    "",
  ].join("\n");
}

/** Rows of the gateway also say what stands in `X-Gateway-Error`. */
function categoryOf(row: FailureDefinition): string | undefined {
  return "category" in row && typeof row.category === "string" ? row.category : undefined;
}

/** A table cell: no cell border, and no markup but code, which the texts write as Markdown does. */
function escape(text: string): string {
  const pieces = text
    .replaceAll("\n", " ")
    .replaceAll("|", "\\|")
    .split(/(`[^`]*`)/);
  return pieces
    .map((piece) => (piece.startsWith("`") ? piece : piece.replace(/[\\`*_<>[\]](?!\|)/g, "\\$&")))
    .join("");
}
