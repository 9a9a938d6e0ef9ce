import type { TracerConfig } from "@opentelemetry/sdk-trace-node";

type TraceResource = NonNullable<TracerConfig["resource"]>;

/**
 * Who exports the spans: our name and version, then what OTEL_RESOURCE_ATTRIBUTES and OTEL_SERVICE_NAME say.
 * The SDK has a package for this whose detectors read much more; exporters only read `attributes`.
 */
export function traceResource(
  version: string,
  environment: Readonly<Record<string, string | undefined>>,
): TraceResource {
  const name = environment["OTEL_SERVICE_NAME"];
  const attributes = {
    "service.name": "application-connector",
    "service.version": version,
    ...parsePairs(environment["OTEL_RESOURCE_ATTRIBUTES"] ?? ""),
    ...(name ? { "service.name": name } : {}),
  };
  const resource: TraceResource = {
    attributes,
    merge: () => resource,
    getRawAttributes: () => Object.entries(attributes),
  };
  return resource;
}

/** `key=value,key=value`, percent-encoded; as OpenTelemetry asks, one malformed pair discards them all. */
function parsePairs(text: string): Record<string, string> {
  try {
    const pairs = text.split(",").filter((pair) => pair.includes("="));
    return Object.fromEntries(
      pairs.map((pair) => {
        const equals = pair.indexOf("=");
        return [pair.slice(0, equals).trim(), decodeURIComponent(pair.slice(equals + 1).trim())] as const;
      }),
    );
  } catch {
    return {};
  }
}
