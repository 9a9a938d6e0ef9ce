import { nameSettings } from "../../src/config/named-settings.ts";
import type { NamedSetting } from "../../src/config/named-settings.ts";
import { retiredNames } from "../../src/config/retired-names.ts";
import { settings } from "../../src/main/settings.ts";
import type { GeneratedFile } from "./generated-file.ts";

const INTRODUCTION = `# Configuration

Every setting can be given by a file (\`appconn serve --config FILE\` or \`APPCONN_CONFIG\`), by the environment
and by a flag. A flag wins over the environment, the environment over the file, the file over the default.
Mistakes are reported all at once, each with where it stands. \`appconn serve --print-config\` shows what is in
force and where each value comes from; its output is a file that \`--config\` reads.

\`\`\`yaml
gateway:
  port: 9080 # the same as --gateway-port=9080 and APPCONN_GATEWAY_PORT=9080
telemetry:
  log:
    level: debug
\`\`\`

Durations are written like \`30s\`, \`1h30m\` or \`250ms\`; sizes like \`64Ki\` or \`4Mi\`; a list is a YAML list, or one
text with commas in the environment and in a flag. Port 0 lets the system choose a free one. An empty variable
counts as not given.

This page is generated from the settings that each part declares in its \`options.ts\`, by \`npm run generate\`.
`;

/** `docs/reference/configuration.md`. */
export function configurationReference(): GeneratedFile {
  const named = nameSettings(settings({}));
  const sections = Map.groupBy(named, ({ path }) => (path.length > 1 ? (path[0] ?? "") : ""));
  const text = [INTRODUCTION, ...[...sections].map(section), aliasSection(named), retiredSection()].join(
    "\n",
  );
  return { path: "docs/reference/configuration.md", text };
}

function section([name, settingsOfPart]: readonly [string, readonly NamedSetting[]]): string {
  const title = name === "" ? "The process" : name;
  return [`## ${title}`, "", ...settingsOfPart.map(item)].join("\n");
}

function item({ key, flag, environment, setting }: NamedSetting): string {
  return [
    `### \`${key}\``,
    "",
    setting.description,
    "",
    `- must be ${setting.expected}; default ${setting.shown === "" ? "empty" : `\`${setting.shown}\``}`,
    `- \`--${flag}\`, \`${environment}\``,
    "",
  ].join("\n");
}

function aliasSection(named: readonly NamedSetting[]): string {
  const rows = named.flatMap(({ key, setting }) =>
    setting.aliases.map(({ flag, environment }) => {
      const name = flag ? `--${flag}` : (environment ?? "");
      return `| \`${name}\` | \`${key}\` |`;
    }),
  );
  return [
    "## Names of the original",
    "",
    "These mean the same as a setting of ours, so that existing deployments start unchanged. Where the original",
    "counts in whole seconds, such as `--proxyTimeout=10`, so do these. Flags with a single dash are refused.",
    "",
    "| Name | Setting |",
    "| --- | --- |",
    ...rows,
    "",
  ].join("\n");
}

function retiredSection(): string {
  const rows = retiredNames.map(({ flag, environment, because }) => {
    const name = flag ? `--${flag}` : (environment ?? "");
    return `| \`${name}\` | ${because} |`;
  });
  return [
    "These are accepted with a warning, and have no effect:",
    "",
    "| Name | Why |",
    "| --- | --- |",
    ...rows,
    "",
  ].join("\n");
}
