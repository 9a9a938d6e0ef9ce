import { noticed, type NoticedObject } from "./channels.ts";
import { noticeReasons, type NoticeReason } from "./notice-reasons.ts";

/** Tells those who write down what people should know of an object; costs nothing where nobody does. No secrets. */
export function notice(object: NoticedObject, reason: NoticeReason, message: string): void {
  if (!noticed.hasSubscribers) return;
  const { type, component } = noticeReasons[reason];
  noticed.publish({ object, type, reason, message, component });
}
