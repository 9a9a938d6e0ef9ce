import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { IndexedDocument, SearchedDocument, SearchHit, SnippetPiece } from "../search-index.ts";
import type { SearchTerm } from "./search-matches.ts";
import type { FoundDocuments, SearchPlan, SearchWriteRequest } from "./search-protocol.ts";
import { beginningOf, snippetOf } from "./search-snippet.ts";
import { innerWords, searchedTexts } from "./search-text.ts";

/** Weights: title, names, text, parts words. bm25 is the better the lower it is. */
const PAGE = `
SELECT id, documents.key AS key, application, kind, documents.title AS title,
  -bm25(words, 10.0, 5.0, 1.0, 2.0) AS score
FROM words JOIN documents ON documents.id = words.rowid
WHERE words MATCH :match
  AND (:application IS NULL OR application = :application) AND (:kind IS NULL OR kind = :kind)
ORDER BY score DESC, documents.key LIMIT :limit OFFSET :offset
`;

/** The documents of the index and their words. */
export class SearchTable {
  readonly #database: DatabaseSync;
  readonly #statements: Readonly<
    Record<"forgetWords" | "forget" | "add" | "addWords" | "page" | "texts" | "indexed", StatementSync>
  >;

  constructor(database: DatabaseSync) {
    this.#database = database;
    const prepare = (sql: string) => database.prepare(sql);
    this.#statements = {
      forgetWords: prepare("DELETE FROM words WHERE rowid = (SELECT id FROM documents WHERE key = ?)"),
      forget: prepare("DELETE FROM documents WHERE key = ?"),
      add: prepare(
        "INSERT INTO documents (key, application, kind, title, version) VALUES (?, ?, ?, ?, ?) RETURNING id",
      ),
      addWords: prepare("INSERT INTO words (rowid, title, names, text, parts) VALUES (?, ?, ?, ?, ?)"),
      page: prepare(PAGE),
      texts: prepare("SELECT text, names, title FROM words WHERE rowid = ?"),
      indexed: prepare("SELECT key, version FROM documents WHERE key > ? ORDER BY key LIMIT ?"),
    };
  }

  /** All or none: each commit costs much more than what a short text adds to it. */
  write(requests: readonly SearchWriteRequest[]): void {
    this.#inTransaction(() => {
      for (const request of requests) {
        this.#forget(request.key);
        if (request.operation === "replace") this.#add(request.key, request.document);
      }
    });
  }

  search({ match, terms, application, kind, limit, offset }: SearchPlan): FoundDocuments {
    const filter = { application: application ?? null, kind: kind ?? null };
    const rows = this.#statements.page.all({ match, ...filter, limit: limit + 1, offset });
    const hits = rows.slice(0, limit).map((row): SearchHit => {
      const { key, application: of, kind: is, title, score, id } = row;
      return {
        key: String(key),
        application: String(of),
        kind: String(is),
        title: String(title),
        snippet: this.#snippet(terms, Number(id)),
        rank: Number(score),
      };
    });
    return { hits, hasMore: rows.length > limit };
  }

  indexed(after: string, limit: number): readonly IndexedDocument[] {
    const rows = this.#statements.indexed.all(after, limit);
    return rows.map(({ key, version }) => ({ key: String(key), version: String(version) }));
  }

  close(): void {
    this.#database.close();
  }

  /** Out of the text where a term stands there, else of the names or the title; else how one of them begins. */
  #snippet(terms: readonly SearchTerm[], id: number): readonly SnippetPiece[] {
    const row = this.#statements.texts.get(id);
    const texts = [row?.["text"], row?.["names"], row?.["title"]].map((text) => String(text ?? ""));
    for (const text of texts) {
      const snippet = snippetOf(text, terms);
      if (snippet) return snippet;
    }
    return beginningOf(texts.find((text) => text !== "") ?? "");
  }

  #add(key: string, document: SearchedDocument): void {
    const { application, kind, title, version } = document;
    const added = this.#statements.add.get(key, application, kind, title, version);
    const texts = searchedTexts(document);
    this.#statements.addWords.run(Number(added?.["id"]), ...texts, innerWords(texts));
  }

  #forget(key: string): void {
    this.#statements.forgetWords.run(key);
    this.#statements.forget.run(key);
  }

  #inTransaction(work: () => void): void {
    this.#database.exec("BEGIN IMMEDIATE");
    try {
      work();
      this.#database.exec("COMMIT");
    } catch (error) {
      // SQLite ends the transaction itself after some errors, such as a full disk.
      if (this.#database.isTransaction) this.#database.exec("ROLLBACK");
      throw error;
    }
  }
}
