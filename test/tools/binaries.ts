import { homedir } from "node:os";
import { join } from "node:path";
import type { GoProgram } from "./build-go.ts";
import type { PythonProgram } from "./build-python.ts";

/** A real program that tests run against, at a pinned version. */
export type Binary = { readonly name: string; readonly version: string } & (GoProgram | PythonProgram);

/** `1.36.3` → what kubectl says of itself. */
function kubernetesVersion(version: string): string {
  const [major, minor] = version.split(".");
  const place = "k8s.io/component-base/version";
  return `-X ${place}.gitVersion=v${version} -X ${place}.gitMajor=${major} -X ${place}.gitMinor=${minor}`;
}

function kubernetes(name: string, version: string, module: string): Binary {
  const command = name === "kube-apiserver" ? name : "kubectl";
  const linkerFlags = kubernetesVersion(version);
  return { name, version, module, package: `k8s.io/kubernetes/cmd/${command}`, linkerFlags };
}

/**
 * A further one in Go is a row here and an import in its module's tools.go (then `go mod tidy` there), one in
 * Python a row here and a folder with its requirements.
 */
export const binaries: readonly Binary[] = [
  {
    name: "schemathesis",
    version: "4.32.5",
    requirements: "schemathesis/requirements.txt",
    module: "schemathesis.cli",
  },
  kubernetes("kubectl", "1.36.3", "kubernetes"),
  kubernetes("kubectl-1.34", "1.34.4", "kubectl-1.34"),
  kubernetes("kubectl-1.28", "1.28.15", "kubectl-1.28"),
  kubernetes("kube-apiserver", "1.36.3", "kubernetes"),
  { name: "etcd", version: "3.6.5", module: "etcd", package: "go.etcd.io/etcd/server/v3" },
  // Our own program over a client library; whoever changes it counts the number behind the library's version up.
  { name: "informers", version: "0.36.3-1", module: "client-go", package: "." },
  { name: "helm", version: "3.22.0", module: "helm", package: "helm.sh/helm/v3/cmd/helm" },
  {
    name: "versitygw",
    version: "1.8.0",
    module: "versitygw",
    package: "github.com/versity/versitygw/cmd/versitygw",
  },
];

/** Where a binary is kept: outside the tree, so that clones and branches share it. */
export function cachedPath(binary: Binary): string {
  const cache = process.env["XDG_CACHE_HOME"] || join(homedir(), ".cache");
  return join(cache, "appconn-tools", `${binary.name}-${binary.version}`, binary.name);
}
