import type { ApiKey } from "./provider.ts";

/**
 * A path with its query, or a query alone, that says the key once: what stands there under its name goes, because
 * a caller must not be able to put another one beside it.
 */
export function withApiKey(path: string, apiKey: ApiKey | undefined): string {
  if (apiKey?.place !== "query") return path;
  const without = withoutParameter(path, apiKey.name);
  if (!without.includes("?")) return `${without}?${apiKey.text}`;
  return /[?&]$/.test(without) ? without + apiKey.text : `${without}&${apiKey.text}`;
}

/** All else stays as it is written. */
export function withoutParameter(path: string, name: string): string {
  const start = path.indexOf("?");
  if (start === -1) return path;
  const parameters = path.slice(start + 1).split("&");
  const kept = parameters.filter((parameter) => decodedName(parameter) !== name);
  if (kept.length === parameters.length) return path;
  return kept.length === 0 ? path.slice(0, start) : `${path.slice(0, start)}?${kept.join("&")}`;
}

function decodedName(parameter: string): string | undefined {
  const [written = ""] = parameter.split("=", 1);
  return /[%+]/.test(written) ? new URLSearchParams(`${written}=`).keys().next().value : written;
}
