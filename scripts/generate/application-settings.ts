import { apiSettings, type ApiSettingName } from "../../src/core/resources/api-settings/api-settings.ts";
import { writtenName } from "../../src/core/resources/api-settings/setting-name.ts";
import type { GeneratedFile } from "./generated-file.ts";
import { tableLine } from "./table-line.ts";

const INTRODUCTION = `# Settings per Application and API

What an Application or one of its APIs needs beyond the fields of the original stands in its annotations, so that the
CRD stays the one that it was ([decision 0022](../decisions/0022-settings-are-annotations.md)):

- \`appconn.dev/SETTING\` is for all APIs of the Application,
- \`SERVICE.appconn.dev/SETTING\` for the APIs of one service,
- \`ENTRY.SERVICE.appconn.dev/SETTING\` for one API, by the name of its entry.

\`SERVICE\` and \`ENTRY\` are the segments of the API's path, \`/{application}/{service}/{entry}/…\`, without a hyphen at
their end. The nearest value counts, whole: nothing is merged.

\`\`\`yaml
metadata:
  name: shop
  annotations:
    appconn.dev/timeout: 30s
    orders-api.appconn.dev/timeout: 2m
\`\`\`

\`kubectl annotate\` writes them one by one.

A change takes effect at once, without an interruption. A value that is none is refused with 422. Where one is stored
all the same, by a cluster or by an earlier version, what it is for is answered with 500 until it is corrected, rather
than called without a limit that its author meant. A setting that there is not, or for an API that there is not, has no
effect; whoever writes it gets a warning.

What calls of an API are limited to is counted by the process that serves them; of several
[workers](../guides/workers.md) each has its part.

This page is generated from the settings that \`src/core/resources/api-settings\` declares, by \`npm run generate\`.
`;

/** `docs/reference/application-settings.md`. */
export function applicationSettingsReference(): GeneratedFile {
  const names = Object.keys(apiSettings) as ApiSettingName[];
  const lines = [tableLine(COLUMNS), tableLine(COLUMNS.map(() => "---")), ...names.map(row)];
  return {
    path: "docs/reference/application-settings.md",
    text: [INTRODUCTION, ...lines, ""].join("\n"),
  };
}

const COLUMNS = ["Setting", "What it does", "It must be", "Example", "Without it"];

function row(name: ApiSettingName): string {
  const { description, expected, example, otherwise } = apiSettings[name];
  return tableLine([`\`${writtenName(name)}\``, description, expected, `\`${example}\``, otherwise]);
}
