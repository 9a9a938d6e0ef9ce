import { normaliseName, serviceSegment } from "../../core/names.ts";
import { apiSettings } from "../../core/resources/api-settings/api-settings.ts";
import { SettingAnnotations } from "../../core/resources/api-settings/setting-annotations.ts";
import { writtenName } from "../../core/resources/api-settings/setting-name.ts";
import type { Application, ApplicationEntry, ApplicationService } from "../../core/resources/application.ts";
import type { Line } from "../output/sections.ts";

/** What annotations set for one API, as it counts there. */
export function settingLines(
  { metadata }: Application,
  service: ApplicationService,
  { name = "" }: ApplicationEntry,
): readonly Line[] {
  const annotations = new SettingAnnotations(metadata.annotations);
  const given = annotations.given({ service: serviceSegment(service), entry: normaliseName(name) });
  if (given.length === 0) return [];
  const inner = given.map(({ setting, written }) => {
    const { parse, expected } = apiSettings[setting];
    const problem = parse(written) === undefined ? ` (NOT CALLED: it must be ${expected})` : "";
    return { label: writtenName(setting), value: `${written}${problem}` };
  });
  return [{ label: "Settings", inner }];
}
