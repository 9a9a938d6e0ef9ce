import { noticeReasons, type NoticeReason } from "../../src/telemetry/notice-reasons.ts";
import type { GeneratedFile } from "./generated-file.ts";
import { tableLine } from "./table-line.ts";

const INTRODUCTION = `# Events

What people should know of an object is written down beside it, as an Event of Kubernetes: where something is missing,
refused or about to end, and what was done.

\`\`\`text
kubectl describe application shop
kubectl events --for application/shop
kubectl get events --field-selector involvedObject.name=shop
appconn describe application shop
\`\`\`

all show them. An Event about an Application, or about anything else that lies in no namespace, is in the namespace
\`default\`; one about a namespaced object is in the namespace of that.

What is seen again is one Event with a count (\`x3 over 11m\`), written once a minute at most, and counted on after a
restart. An Event that was not seen for an hour is removed, as in a cluster, whoever wrote it. Of one object 25 different
Events are written at first, and then one more in five minutes; of all together a hundred at first, then five in a second,
and 5000 are kept. So whoever can cause many does not fill the store with them; what was not written is counted in
[\`appconn_events_total\`](telemetry.md#metrics), and every notice by its reason in \`appconn_notices_total\`.

Nothing waits for an Event, and nothing fails for want of one: where the store takes none, as on a full disk, it is lost. No
Event has a secret in it. A token that is [limited to some Applications](../guides/access.md#limited-to-some-applications)
reads the Events about these, and about TokenRequests for them; it writes none. Everybody else who may write objects may
write Events too.

This page is generated from the reasons that \`src/telemetry/notice-reasons.ts\` declares, by \`npm run generate\`. A reason
keeps its meaning: alerts may go by it.
`;

const COLUMNS = ["Reason", "Type", "About", "Seen by", "What has happened", "What to do"];

/** `docs/reference/events.md`. */
export function eventsReference(): GeneratedFile {
  const names = (Object.keys(noticeReasons) as NoticeReason[]).toSorted((a, b) => (a < b ? -1 : 1));
  const lines = [tableLine(COLUMNS), tableLine(COLUMNS.map(() => "---")), ...names.map(row)];
  return { path: "docs/reference/events.md", text: [INTRODUCTION, ...lines, ""].join("\n") };
}

function row(name: NoticeReason): string {
  const reason = noticeReasons[name];
  const remedy = "remedy" in reason ? reason.remedy : "";
  return tableLine([`\`${name}\``, reason.type, reason.about, reason.component, reason.meaning, remedy]);
}
