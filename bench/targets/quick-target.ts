import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Child } from "../processes/child.ts";
import { answering } from "../processes/answering.ts";
import { freePort } from "../processes/free-port.ts";

export interface QuickTarget extends AsyncDisposable {
  readonly port: number;
  readonly pid: number;
}

export interface QuickTargetOptions {
  readonly directory: string;
  readonly nginx: string;
  readonly core: number | undefined;
}

/** nginx with fixed answers: the fastest there is at hand, so that it is never what is measured. */
export async function startQuickTarget({ directory, nginx, core }: QuickTargetOptions): Promise<QuickTarget> {
  const port = await freePort();
  const home = join(directory, "target");
  mkdirSync(home, { recursive: true });
  writeFileSync(join(home, "json64k"), jsonOf(64 * 1024));
  writeFileSync(join(home, "nginx.conf"), configuration(home, port));
  const child = new Child(nginx, ["-p", home, "-c", join(home, "nginx.conf")], {
    core,
    output: join(home, "output.log"),
    stopSignal: "SIGQUIT",
    grace: 500,
  });
  await answering(`http://127.0.0.1:${port}/small`, { child });
  return { port, pid: child.pid, [Symbol.asyncDispose]: () => child.stop() };
}

function jsonOf(size: number): string {
  const row = '{"id":1042,"customer":"Example Ltd","total":"129.90","currency":"EUR"}';
  const rows = Math.floor((size - 2) / (row.length + 1));
  return `[${Array.from({ length: rows }, () => row).join(",")}]`;
}

function configuration(home: string, port: number): string {
  return `
daemon off;
worker_processes 1;
error_log ${home}/error.log;
pid ${home}/nginx.pid;
${process.getuid?.() === 0 ? "user root;" : ""}
events { worker_connections 8192; }
http {
  access_log off;
  client_body_temp_path ${home}/body;
  proxy_temp_path ${home}/proxy;
  fastcgi_temp_path ${home}/fastcgi;
  uwsgi_temp_path ${home}/uwsgi;
  scgi_temp_path ${home}/scgi;
  keepalive_requests 1000000000;
  keepalive_timeout 600s;
  sendfile on;
  tcp_nopush on;
  open_file_cache max=10;
  default_type application/json;
  server {
    listen 127.0.0.1:${port} backlog=4096;
    root ${home};
    location /small { return 200 '{"id":1042,"customer":"Example Ltd","total":"129.90","currency":"EUR"}'; }
    location = /json64k { }
    location = /gibibyte { root ${home}; }
  }
}
`;
}
