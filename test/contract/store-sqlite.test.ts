import { after } from "node:test";
import { openTestStore } from "../doubles/sqlite-store.ts";
import { TemporaryDirectory } from "../doubles/temporary-directory.ts";
import { storeContract } from "./store-contract.ts";

const directory = new TemporaryDirectory();
after(() => directory[Symbol.dispose]());

storeContract("sqlite", () => openTestStore(directory.path));
