import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { basicHeader, bearerHeader, parameterHeader, parameterQuery } from "../credentials.ts";
import { answering } from "../processes/answering.ts";
import { Child } from "../processes/child.ts";
import { freePort } from "../processes/free-port.ts";
import { usageOf } from "../processes/usage.ts";
import type { Contender, Surroundings } from "./contender.ts";

/** HAProxy as the second comparator: one thread, its HTTP log on, written to a file through its output. */
export async function startHaproxy(program: string, surroundings: Surroundings): Promise<Contender> {
  const home = join(surroundings.directory, "haproxy");
  mkdirSync(home, { recursive: true });
  const [manual, compass] = [await freePort(), await freePort()];
  writeFileSync(join(home, "haproxy.conf"), configuration({ manual, compass, surroundings }));
  const child = new Child(program, ["-db", "-f", join(home, "haproxy.conf")], {
    core: surroundings.proxyCore,
    output: join(home, "access.log"),
    stopSignal: "SIGUSR1",
    grace: 500,
  });
  await answering(`http://127.0.0.1:${manual}/basic/api/small`, { child });
  return {
    name: "haproxy",
    origin: `http://127.0.0.1:${manual}`,
    compassOrigin: `http://127.0.0.1:${compass}`,
    usage: () => usageOf(child.pid),
    [Symbol.asyncDispose]: () => child.stop(),
  };
}

interface Configuration {
  readonly manual: number;
  readonly compass: number;
  readonly surroundings: Surroundings;
}

function configuration({ manual, compass, surroundings }: Configuration): string {
  return `
global
  nbthread 1
  maxconn 8192
  log stdout format raw local0
defaults
  mode http
  log global
  option httplog
  http-reuse always
  timeout connect 5s
  timeout client 600s
  timeout server 600s
frontend manual
  bind 127.0.0.1:${manual} backlog 4096
  acl plain path_beg /plain/
  acl oauth path_beg /oauth/
  acl parameters path_beg /parameters/
  # By the address as it came in: the path has been rewritten when the backend is chosen.
  acl sink capture.req.uri -m beg /sink/
  http-request set-header Authorization "Bearer ${bearerHeader.slice("Bearer ".length)}" if oauth
  http-request set-header ${parameterHeader.name} ${parameterHeader.value} if parameters
  http-request set-query %[query]&${parameterQuery.name}=${parameterQuery.value} if parameters
  http-request set-header Authorization "${basicHeader}" if !plain !oauth !parameters
  http-request replace-path ^/[^/]+/[^/]+(/.*)$ \\1
  use_backend sink if sink
  default_backend quick
frontend compass
  bind 127.0.0.1:${compass} backlog 4096
  http-request set-header Authorization "${basicHeader}"
  http-request replace-path ^/[^/]+/[^/]+/[^/]+(/.*)$ \\1
  default_backend quick
backend quick
  server target 127.0.0.1:${surroundings.targetPort}
backend sink
  server target 127.0.0.1:${surroundings.sinkPort}
`;
}
