import { ownValue } from "../../core/plain-object.ts";
import type { FormatCheck } from "./format-check.ts";
import { activeContent } from "./active-content.ts";
import { found } from "./found.ts";
import { readFrontMatter } from "./front-matter.ts";
import { shortTextOf } from "./short-text.ts";
import { present } from "./title-metadata.ts";

/** Markdown; its title is that of the front matter, or its first heading. */
export function checkMarkdown(text: string): FormatCheck {
  const { values, findings, body } = readFrontMatter(text);
  const content = activeContent(text);
  const heading = /^#{1,6}[ \t]{1,10}(\S.{0,300})$/m.exec(body)?.[1]?.trim();
  return {
    format: "markdown",
    version: "",
    metadata: present({
      title: shortTextOf(values && ownValue(values, "title"), 200) ?? shortTextOf(heading, 200),
      description: shortTextOf(values && ownValue(values, "description"), 2_000),
      frontMatter: values,
    }),
    findings: content ? [...findings, found("warning", "", content)] : findings,
  };
}
