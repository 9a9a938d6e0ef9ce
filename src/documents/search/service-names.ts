import type { Application } from "../../core/resources/application.ts";

/** Display names of the services of Applications. */
export class ServiceNames {
  /** Of the Application that was asked for last: who asks for one of its services asks for others. */
  #last: { readonly application: Application; readonly byId: ReadonlyMap<string, string> } | undefined;

  /** undefined for a service that the Application does not have. */
  displayName(application: Application, serviceId: string): string | undefined {
    if (this.#last?.application !== application) {
      const services = application.spec?.services ?? [];
      this.#last = { application, byId: new Map(services.map(({ id, displayName }) => [id, displayName])) };
    }
    return this.#last.byId.get(serviceId);
  }
}
