import type { ApiKey } from "../credentials/provider.ts";
import { withoutParameter } from "../credentials/with-api-key.ts";
import type { FlatHeaders } from "../http/flat-headers.ts";

/** Headers that are one URL, and those that hold several or more than that. */
const URLS: ReadonlySet<string> = new Set(["location", "content-location"]);
const HOLDING_URLS: ReadonlySet<string> = new Set([...URLS, "link", "refresh"]);

/** Shorter keys could be part of anything, and are found by their parameter's name alone. */
const LEAST_LENGTH = 8;

/**
 * The headers of an answer without the API key that the gateway put into the query: a target that redirects
 * `/a?key=…` to `/a/?key=…`, or to a login with the way back in a parameter, would tell it to the caller.
 */
export function withheldKey(headers: FlatHeaders, apiKey: ApiKey | undefined): FlatHeaders {
  if (apiKey?.place !== "query") return headers;
  return headers.map((value, index) => {
    const name = index % 2 === 1 ? (headers[index - 1] ?? "").toLowerCase() : "";
    if (!HOLDING_URLS.has(name)) return value;
    return withoutSpellings(URLS.has(name) ? withoutKey(value, apiKey) : withoutKeys(value, apiKey), apiKey);
  });
}

/** A query ends where the URL does: at the `>` of a link, at the quotes or the blank behind it. */
const QUERIES = /\?[^\s<>"']*/g;

/** By the name of its parameter first: a target may spell the key otherwise than it was sent, and its `&` goes with it. */
function withoutKeys(value: string, apiKey: ApiKey): string {
  return value.replaceAll(QUERIES, (query) => withoutKey(query, apiKey));
}

function withoutKey(url: string, { name }: ApiKey): string {
  const fragment = url.indexOf("#");
  const end = fragment === -1 ? url.length : fragment;
  return withoutParameter(url.slice(0, end), name) + url.slice(end);
}

function withoutSpellings(value: string, { text }: ApiKey): string {
  return spellings(text).reduce((kept, spelling) => kept.replaceAll(spelling, ""), value);
}

/** The parameter as it was sent, and the key as it stands in a URL that is itself a parameter, plainly encoded, or plain. */
function spellings(text: string): string[] {
  const sent = text.slice(text.indexOf("=") + 1);
  const plain = new URLSearchParams(text).values().next().value ?? "";
  if (plain.length < LEAST_LENGTH) return [text];
  const percent = sent.replaceAll("+", "%20");
  return [text, encodeURIComponent(sent), encodeURIComponent(percent), percent, sent, plain];
}
