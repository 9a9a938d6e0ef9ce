import { Counter, Summary, type Registry } from "prom-client";

/** What is counted of one answer. */
export interface EndpointAnswer {
  /** Template of the path. */
  readonly endpoint: string;
  readonly method: string;
  readonly status: number;
  readonly milliseconds: number;
}

export interface EndpointMetricsOptions {
  /** Such as `connector_service`; the names go on with `_endpoints_duration` and `_endpoints_responses`. */
  readonly prefix: string;
  /** For the help texts: `connector`. */
  readonly component: string;
  readonly registry: Registry;
}

/** Durations and answers by endpoint, named as the original names them; returns what takes an answer. */
export function endpointMetrics(options: EndpointMetricsOptions): (answer: EndpointAnswer) => void {
  const { prefix, component, registry } = options;
  const registers = [registry];
  const duration = new Summary({
    name: `${prefix}_endpoints_duration`,
    help: `Seconds that the ${component} took for an answer.`,
    labelNames: ["endpoint", "method"],
    percentiles: [0.995],
    maxAgeSeconds: 600,
    ageBuckets: 5,
    registers,
  });
  const responses = new Counter({
    name: `${prefix}_endpoints_responses`,
    help: `Answers of the ${component}.`,
    labelNames: ["endpoint", "status", "method"],
    registers,
  });
  return ({ endpoint, method, status, milliseconds }) => {
    duration.observe({ endpoint, method }, milliseconds / 1000);
    responses.inc({ endpoint, method, status });
  };
}
