import type { ResourceWord } from "./resource-words.ts";
import type { OpenServer } from "./server/open-server.ts";
import { pathOf, type ResourceType } from "./server/resource-type.ts";

export interface Scope {
  /** From the command line; otherwise the kubeconfig's. */
  readonly namespace?: string;
  readonly allNamespaces?: boolean;
  readonly selector?: string;
  readonly fieldSelector?: string;
}

/** One question to the server: a collection, or one object. */
export interface Target {
  readonly type: ResourceType;
  readonly name: string | undefined;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
}

/** The questions that words and options come to, in the order of the words. */
export async function targetsOf(
  words: readonly ResourceWord[],
  server: OpenServer,
  scope: Scope,
): Promise<readonly Target[]> {
  const namespace = scope.allNamespaces ? undefined : scope.namespace || server.connection.namespace;
  const targets: Target[] = [];
  for (const { type: word, name } of words) {
    for (const type of await server.discovery.typesNamed(word)) {
      const path = pathOf(type, namespace, name);
      targets.push({ type, name, path, query: name === undefined ? selectors(scope) : {} });
    }
  }
  return targets;
}

function selectors({ selector, fieldSelector }: Scope): Readonly<Record<string, string>> {
  return {
    ...(selector === undefined ? {} : { labelSelector: selector }),
    ...(fieldSelector === undefined ? {} : { fieldSelector }),
  };
}
