import { after } from "node:test";
import { openSqliteSearchIndex } from "../../src/stores/sqlite/search-index.ts";
import { TemporaryDirectory } from "../doubles/temporary-directory.ts";
import { searchIndexContract } from "./search-index-contract.ts";

const directory = new TemporaryDirectory();
after(() => directory[Symbol.dispose]());

searchIndexContract("sqlite", () => openSqliteSearchIndex({ directory: directory.path }));
