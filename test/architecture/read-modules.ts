import { API } from "typescript/unstable/sync";
import { createVirtualFileSystem } from "typescript/unstable/fs";
import type { ModuleFacts } from "./module-facts.ts";
import { readFacts } from "./read-facts.ts";

const ROOT = "/sources";

// noResolve and noLib: only parsing is wanted, and it takes milliseconds without the libraries' typings.
const CONFIGURATION = {
  compilerOptions: { noResolve: true, noLib: true, types: [], noEmit: true, module: "nodenext" },
  include: ["**/*"],
};

/**
 * Parses sources, given as path → text, with the compiler's own parser. The parser is the reason for the
 * `unstable` imports: TypeScript 7 has no other programming interface, and its version is pinned.
 */
export function readModules(sources: Readonly<Record<string, string>>): readonly ModuleFacts[] {
  const files: Record<string, string> = { [`${ROOT}/tsconfig.json`]: JSON.stringify(CONFIGURATION) };
  for (const [path, text] of Object.entries(sources)) files[`${ROOT}/${path}`] = text;
  const compiler = new API({ cwd: ROOT, fs: createVirtualFileSystem(files) });
  try {
    const [project] = compiler.updateSnapshot({ openProjects: [`${ROOT}/tsconfig.json`] }).getProjects();
    if (!project) throw new Error("the compiler opened no project");
    return Object.keys(sources).map((path) => {
      const file = project.program.getSourceFile(`${ROOT}/${path}`);
      if (!file) throw new Error(`the compiler did not parse ${path}`);
      const errors = project.program.getSyntacticDiagnostics(`${ROOT}/${path}`).map(({ text }) => text);
      return readFacts(path, file, errors);
    });
  } finally {
    compiler.close();
  }
}
