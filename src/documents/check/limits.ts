/**
 * What a document may cost. Beyond them a document is kept and shown like any other, but not looked into:
 * strangers write these documents, and each is read by a parser that builds far more than its bytes.
 */
export const limits = {
  /** Bytes; above them nothing is parsed. */
  content: 16 * 1024 ** 2,
  /** Characters; the nodes of a YAML parser are a hundred times as large as their text. */
  yaml: 1024 ** 2,
  /** Values of a JSON text, and of a tree with its YAML aliases followed. */
  values: 1_500_000,
  /** Lines, commas and brackets of a YAML text. */
  yamlMarks: 150_000,
  /** How deep lists and objects nest: all behind it walks them recursively. */
  depth: 256,
  /** Levels of XML elements; the deepest of a CSDL document has about ten. */
  elements: 64,
  /** How often a YAML alias may stand for the node of its anchor, those within it multiplied. */
  aliases: 1_000,
  /** Values above which a document that breaks its schema is reported with its first breach alone. */
  thorough: 200_000,
  /** Findings of one document; the rest is counted. */
  findings: 100,
  /** Characters of a finding's message. */
  message: 400,
  /** Characters of the JSON of a front matter. */
  frontMatter: 16 * 1024,
} as const;
