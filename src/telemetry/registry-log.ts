import {
  registryAnswered,
  serviceChanged,
  specificationRefreshed,
  type RegistryAnswer,
  type ServiceChange,
  type SpecificationRefresh,
} from "./channels.ts";
import type { Log } from "./log.ts";

const TEXTS: Readonly<Record<ServiceChange["action"], string>> = {
  create: "a service was registered",
  update: "a service was changed",
  delete: "a service was removed",
  refresh: "the specification of a service was fetched again",
  rotate: "the certificate of a service was rotated",
};

/** Logs every change of a service and every refusal of the registry, until disposed of. */
export function startRegistryLog(log: Log): Disposable {
  serviceChanged.subscribe(writeChange);
  registryAnswered.subscribe(writeRefusal);
  specificationRefreshed.subscribe(writeRefresh);
  return {
    [Symbol.dispose]() {
      serviceChanged.unsubscribe(writeChange);
      registryAnswered.unsubscribe(writeRefusal);
      specificationRefreshed.unsubscribe(writeRefresh);
    },
  };

  /** What was refused is logged with its answer. */
  function writeChange({ action, status, ...fields }: ServiceChange): void {
    if (status < 400) log.info(TEXTS[action], fields);
  }

  /** One that changed the service is logged as such a change. */
  function writeRefresh({ outcome, ...fields }: SpecificationRefresh): void {
    if (outcome === "failed")
      log.warn("the specification of a service cannot be fetched again", { ...fields });
  }

  function writeRefusal(answer: RegistryAnswer): void {
    const { endpoint, method, status, application, failure, reason, error, peer } = answer;
    const fields = { endpoint, method, status, application, failure, reason, peer };
    if (error !== undefined) log.error("the registry met an unexpected error", { ...fields, error });
    else if (status >= 500) log.warn("the registry cannot answer a request", fields);
    else if (failure !== undefined) log.info("the registry refused a request", fields);
  }
}
