/** By which a command finds its server. */
const OF_SERVER = /^--(?:data-dir|kubeconfig|context|request-timeout)(=|$)/;

/** `--kubeconfig file get apps` → `get apps --kubeconfig file`: kubectl takes these options before its commands too. */
export function commandFirst(words: readonly string[]): readonly string[] {
  let count = 0;
  for (let found = OF_SERVER.exec(words[0] ?? ""); found; found = OF_SERVER.exec(words[count] ?? "")) {
    count += found[1] === "=" ? 1 : 2;
  }
  const leading = words.slice(0, count);
  const others = words.slice(count);
  if (others.length === 0) return words;
  // Behind `--` nothing is an option.
  const end = others.indexOf("--");
  return others.toSpliced(end === -1 ? others.length : end, 0, ...leading);
}
