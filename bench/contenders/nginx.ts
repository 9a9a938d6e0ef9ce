import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { basicHeader, bearerHeader, parameterHeader, parameterQuery } from "../credentials.ts";
import { answering } from "../processes/answering.ts";
import { Child } from "../processes/child.ts";
import { freePort } from "../processes/free-port.ts";
import { usageOf } from "../processes/usage.ts";
import type { Contender, Surroundings } from "./contender.ts";

/** nginx as the comparator: one worker, kept connections on both sides, its access log on and unbuffered. */
export async function startNginx(program: string, surroundings: Surroundings): Promise<Contender> {
  const home = join(surroundings.directory, "nginx");
  mkdirSync(home, { recursive: true });
  const [manual, compass] = [await freePort(), await freePort()];
  writeFileSync(join(home, "nginx.conf"), configuration({ home, manual, compass, surroundings }));
  const child = new Child(program, ["-p", home, "-c", join(home, "nginx.conf")], {
    core: surroundings.proxyCore,
    output: join(home, "output.log"),
    stopSignal: "SIGQUIT",
    grace: 500,
  });
  await answering(`http://127.0.0.1:${manual}/basic/api/small`, { child });
  return {
    name: "nginx",
    origin: `http://127.0.0.1:${manual}`,
    compassOrigin: `http://127.0.0.1:${compass}`,
    usage: () => usageOf(child.pid),
    [Symbol.asyncDispose]: () => child.stop(),
  };
}

interface Configuration {
  readonly home: string;
  readonly manual: number;
  readonly compass: number;
  readonly surroundings: Surroundings;
}

function configuration({ home, manual, compass, surroundings }: Configuration): string {
  return `
daemon off;
worker_processes 1;
error_log ${home}/error.log;
pid ${home}/nginx.pid;
${process.getuid?.() === 0 ? "user root;" : ""}
events { worker_connections 8192; }
http {
  access_log ${home}/access.log combined;
  client_body_temp_path ${home}/body;
  proxy_temp_path ${home}/proxy;
  fastcgi_temp_path ${home}/fastcgi;
  uwsgi_temp_path ${home}/uwsgi;
  scgi_temp_path ${home}/scgi;
  keepalive_requests 1000000000;
  keepalive_timeout 600s;
  client_max_body_size 0;
  # The whole body in a file before the first byte goes on would measure the disk.
  proxy_request_buffering off;
  # The defaults (32 KiB) would send larger answers through a temporary file.
  proxy_buffers 16 16k;
  proxy_busy_buffers_size 64k;
  proxy_http_version 1.1;
  map $request_uri $raw { ~^/raw/api(?<rest>/.*)$ $rest; }
  upstream quick { server 127.0.0.1:${surroundings.targetPort}; keepalive 1024; keepalive_requests 1000000000; }
  upstream sink { server 127.0.0.1:${surroundings.sinkPort}; keepalive 1024; keepalive_requests 1000000000; }
  server {
    listen 127.0.0.1:${manual} backlog=4096;
    location /plain/api/ { ${passing("http://quick/")} }
    location /basic/api/ { ${passing("http://quick/", basicHeader)} }
    location /oauth/api/ { ${passing("http://quick/", bearerHeader)} }
    location /parameters/api/ {
      set $args $args&${parameterQuery.name}=${parameterQuery.value};
      proxy_set_header ${parameterHeader.name} ${parameterHeader.value};
      ${passing("http://quick/")}
    }
    location /raw/api/ { ${passing("http://quick$raw", basicHeader)} }
    location /sink/api/ { ${passing("http://sink/", basicHeader)} }
    location / {
      rewrite ^/[^/]+/[^/]+(/.*)$ $1 break;
      ${passing("http://quick", basicHeader)}
    }
  }
  server {
    listen 127.0.0.1:${compass} backlog=4096;
    location /basic/api/rest/ { ${passing("http://quick/", basicHeader)} }
  }
}
`;
}

function passing(upstream: string, authorization?: string): string {
  const credentials = authorization === undefined ? "" : `proxy_set_header Authorization "${authorization}";`;
  return `proxy_pass ${upstream}; proxy_set_header Connection ""; ${credentials}`;
}
