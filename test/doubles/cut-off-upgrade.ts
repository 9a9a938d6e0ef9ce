import { DatabaseSync } from "node:sqlite";
import { openDatabase } from "../../src/stores/sqlite/database.ts";

/**
 * A process that opens the database of the directory in its first argument and kills itself right before or
 * after the statement whose number stands in its second: `before 3`. It ends with status 0 where there are
 * fewer statements.
 */
const [directory = "", when, number] = process.argv.slice(2);

const exec = Reflect.get(DatabaseSync.prototype, "exec");
let executed = 0;

function cut(moment: string): void {
  if (moment === when && executed === Number(number)) process.kill(process.pid, "SIGKILL");
}

DatabaseSync.prototype.exec = function (sql: string): void {
  executed++;
  cut("before");
  exec.call(this, sql);
  cut("after");
};

openDatabase(directory).database.close();
