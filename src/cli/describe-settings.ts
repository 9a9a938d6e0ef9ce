import type { NamedSetting } from "../config/named-settings.ts";

const WIDTH = 100;
const INDENT = " ".repeat(6);

/** The flags of all settings for `serve --help`, with what each must be and its default. */
export function describeSettings(settings: readonly NamedSetting[]): string {
  const lines = settings.flatMap(({ flag, setting }) => [
    `  --${flag}=${setting.shown}`,
    ...wrapped(`${setting.description} (${setting.expected})`),
  ]);
  return ["Settings, with their defaults:", ...lines].join("\n");
}

function wrapped(text: string): readonly string[] {
  const lines: string[] = [];
  let line = INDENT;
  for (const word of text.split(" ")) {
    if (line.length + word.length > WIDTH) {
      lines.push(line.trimEnd());
      line = INDENT;
    }
    line += `${word} `;
  }
  return [...lines, line.trimEnd()];
}
