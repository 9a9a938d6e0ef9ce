import { message, type Message } from "./message.ts";

const objectReference = message({
  1: ["kind", "text"],
  2: ["namespace", "text"],
  3: ["name", "text"],
  4: ["uid", "text"],
  5: ["apiVersion", "text"],
  6: ["resourceVersion", "text"],
  7: ["fieldPath", "text"],
});

/** The message of an Event, but for its metadata, which all kinds share. */
export function eventMessage(objectMeta: Message): Message {
  return message({
    1: ["metadata", objectMeta],
    2: ["involvedObject", objectReference],
    3: ["reason", "text"],
    4: ["message", "text"],
    5: ["source", message({ 1: ["component", "text"], 2: ["host", "text"] })],
    6: ["firstTimestamp", "time"],
    7: ["lastTimestamp", "time"],
    8: ["count", "number"],
    9: ["type", "text"],
    10: ["eventTime", "microTime"],
    11: ["series", message({ 1: ["count", "number"], 2: ["lastObservedTime", "microTime"] })],
    12: ["action", "text"],
    13: ["related", objectReference],
    14: ["reportingComponent", "text"],
    15: ["reportingInstance", "text"],
  });
}
