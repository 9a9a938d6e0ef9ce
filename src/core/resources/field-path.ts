/** Paths as Kubernetes writes them: `spec.services[0].name`, `data[tls.crt]`. The root is empty. */
export function fieldPath(parent: string, name: string): string {
  return parent === "" ? name : `${parent}.${name}`;
}

export function itemPath(parent: string, index: number | string): string {
  return `${parent}[${index}]`;
}

export function keyPath(parent: string, key: string): string {
  return `${parent}[${key}]`;
}
