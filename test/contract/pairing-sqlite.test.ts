import { after } from "node:test";
import { openTestStore } from "../doubles/sqlite-store.ts";
import { TemporaryDirectory } from "../doubles/temporary-directory.ts";
import { pairingContract } from "./pairing-contract.ts";

const directory = new TemporaryDirectory();
after(() => directory[Symbol.dispose]());

pairingContract("sqlite", () => openTestStore(directory.path));
