import { homedir } from "node:os";
import { join } from "node:path";

/** A real program that tests run against, built from its Go module at a pinned version. */
export interface Binary {
  readonly name: string;
  readonly version: string;
  /** Folder beside this file with go.mod, go.sum and tools.go. */
  readonly module: string;
  /** The main package to build. */
  readonly package: string;
  readonly linkerFlags?: string;
}

const KUBERNETES = "1.36.3";
const kubernetesVersion = [
  `-X k8s.io/component-base/version.gitVersion=v${KUBERNETES}`,
  "-X k8s.io/component-base/version.gitMajor=1",
  "-X k8s.io/component-base/version.gitMinor=36",
].join(" ");

/** A further one is a row here and an import in its module's tools.go (then `go mod tidy` there). */
export const binaries: readonly Binary[] = [
  {
    name: "kubectl",
    version: KUBERNETES,
    module: "kubernetes",
    package: "k8s.io/kubernetes/cmd/kubectl",
    linkerFlags: kubernetesVersion,
  },
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
