/** Series and their values once a minute, in the notation of promtool: `0+6x30` grows by 6, thirty times. */
type Series = Readonly<Record<string, string>>;

export interface AlertCase {
  /** Of the alert, when it fires. */
  readonly labels: Readonly<Record<string, string>>;
  readonly fires: Series;
  /** Minutes after which it does. */
  readonly at: number;
  /** What comes near, and is none. */
  readonly silent: Series;
}

const WHERE = 'job="appconn",instance="a:8081"';
const AT = { job: "appconn", instance: "a:8081" };

const metric = (name: string, labels = ""): string => `${name}{${labels}${labels && ","}${WHERE}}`;

const calls = (code: string, application = "shop"): string =>
  metric("application_gateway_requests_total", `application="${application}",code="${code}"`);

/** Buckets of a histogram that all grow alike up to a bound, from which on there is nothing more. */
function buckets(name: string, labels: string, counts: Readonly<Record<string, string>>): Series {
  const prefix = labels === "" ? "" : `${labels},`;
  return Object.fromEntries(
    Object.entries(counts).map(([bound, values]) => [
      metric(`${name}_bucket`, `${prefix}le="${bound}"`),
      values,
    ]),
  );
}

const durations = (counts: Readonly<Record<string, string>>): Series =>
  buckets("application_gateway_request_duration_seconds", 'application="shop"', counts);
const commits = (counts: Readonly<Record<string, string>>): Series =>
  buckets("appconn_store_commit_duration_seconds", "", counts);

const refusals = (failure: string): string =>
  metric("application_gateway_refusals_total", `application="shop",failure="${failure}"`);
const tokens = (result: string): string =>
  metric("application_gateway_token_fetch_total", `type="OAuth",result="${result}"`);
const handshakes = (reason: string): string =>
  metric("appconn_ingress_handshakes_refused_total", `listener="gateway",reason="${reason}"`);
const answers = (component: string, status: string): string =>
  metric(`${component}_endpoints_responses`, `endpoint="/v1/x",method="GET",status="${status}"`);
const refreshes = (outcome: string): string =>
  metric("appconn_registry_specification_refreshes_total", `outcome="${outcome}"`);
const admin = (code: string): string =>
  metric("appconn_admin_requests_total", `verb="get",resource="secrets",code="${code}"`);

const clientCertificate = metric("appconn_client_certificate_days_left", 'application="shop"');
const serviceCertificate = metric(
  "appconn_service_certificate_days_left",
  'application="shop",service="orders"',
);
const breaker = metric(
  "application_gateway_breaker_open",
  'application="shop",service="orders",entry="rest"',
);
const workerReady = (worker: string): string => metric("appconn_worker_ready", `worker="${worker}"`);
const shop = { ...AT, application: "shop" };

/** When each alert fires, and when it does not. */
export const alertCases: Readonly<Record<string, AlertCase>> = {
  AppconnCallsFailing: {
    labels: shop,
    fires: { [calls("200")]: "0+90x30", [calls("502")]: "0+10x30" },
    at: 20,
    // A single failure among few calls, and many among very many.
    silent: {
      [calls("502")]: "0x10 1x20",
      [calls("200", "crm")]: "0+900x30",
      [calls("502", "crm")]: "0+10x30",
    },
  },
  AppconnCallsFailingMostly: {
    labels: shop,
    fires: { [calls("200")]: "0+40x30", [calls("503")]: "0+60x30" },
    at: 20,
    silent: { [calls("200")]: "0+60x30", [calls("503")]: "0+40x30", [calls("404")]: "0+900x30" },
  },
  AppconnCallsSlow: {
    labels: shop,
    fires: durations({ "5": "0+90x40", "10": "0+100x40", "+Inf": "0+100x40" }),
    at: 30,
    silent: durations({ "5": "0+100x40", "10": "0+100x40", "+Inf": "0+100x40" }),
  },
  AppconnBreakerOpen: {
    labels: { ...shop, service: "orders", entry: "rest" },
    fires: { [breaker]: "0 1x20" },
    at: 10,
    silent: { [breaker]: "0 1 1 0 1 1 0 1 1 0 1" },
  },
  AppconnLimitReached: {
    labels: { ...shop, failure: "GATEWAY_RATE_LIMITED" },
    fires: { [refusals("GATEWAY_RATE_LIMITED")]: "0+60x40" },
    at: 30,
    silent: {
      [refusals("GATEWAY_RATE_LIMITED")]: "0+3x40",
      [refusals("GATEWAY_UNKNOWN_SERVICE")]: "0+60x40",
    },
  },
  AppconnTokensRefused: {
    labels: { ...AT, type: "OAuth" },
    fires: { [tokens("ok")]: "0+1x40", [tokens("failed")]: "0+3x40" },
    at: 30,
    silent: { [tokens("ok")]: "0+3x40", [tokens("failed")]: "0+1x40" },
  },
  AppconnClientCertificateEnds: {
    labels: shop,
    fires: { [clientCertificate]: "13x90" },
    at: 70,
    silent: { [clientCertificate]: "15x90" },
  },
  AppconnClientCertificateEndsSoon: {
    labels: shop,
    fires: { [clientCertificate]: "1.5x20" },
    at: 15,
    silent: { [clientCertificate]: "2.5x20" },
  },
  AppconnServiceCertificateEnds: {
    labels: { ...shop, service: "orders" },
    fires: { [serviceCertificate]: "-1x90" },
    at: 70,
    silent: { [serviceCertificate]: "14.5x90" },
  },
  AppconnClientAuthorityEnds: {
    labels: AT,
    fires: { [metric("appconn_client_authority_days_left")]: "59x90" },
    at: 70,
    silent: { [metric("appconn_client_authority_days_left")]: "61x90" },
  },
  AppconnHandshakesRefused: {
    labels: { ...AT, listener: "gateway", reason: "certificate-expired" },
    fires: { [handshakes("certificate-expired")]: "0+60x40" },
    at: 30,
    silent: { [handshakes("certificate-expired")]: "0+6x40", [handshakes("client-left")]: "0+600x40" },
  },
  AppconnConnectorFailing: {
    labels: { ...AT, endpoint: "/v1/x" },
    fires: { [answers("connector_service", "500")]: "0+1x40" },
    at: 20,
    silent: {
      [answers("connector_service", "403")]: "0+60x40",
      [answers("connector_service", "500")]: "7x40",
    },
  },
  AppconnRegistryFailing: {
    labels: { ...AT, endpoint: "/v1/x" },
    fires: { [answers("application_registry", "500")]: "0+1x40" },
    at: 20,
    silent: {
      [answers("application_registry", "409")]: "0+60x40",
      [answers("application_registry", "500")]: "7x40",
    },
  },
  AppconnSpecificationsNotRefreshed: {
    labels: { ...AT, outcome: "failed" },
    fires: { [refreshes("failed")]: "0+1x400", [refreshes("unchanged")]: "9x400" },
    at: 400,
    silent: { [refreshes("failed")]: "0+1x400", [refreshes("unchanged")]: "0+1x400" },
  },
  AppconnAdminTokensGuessed: {
    labels: AT,
    fires: { [admin("401")]: "0+120x40" },
    at: 20,
    silent: { [admin("401")]: "0+30x40", [admin("403")]: "0+600x40" },
  },
  AppconnAdminOverloaded: {
    labels: AT,
    fires: { [admin("429")]: "0+60x40" },
    at: 20,
    silent: { [admin("429")]: "0 9x40" },
  },
  AppconnAdminFailing: {
    labels: AT,
    fires: { [admin("500")]: "0+1x40" },
    at: 20,
    silent: { [admin("500")]: "3x40", [admin("404")]: "0+60x40" },
  },
  AppconnStoreSlow: {
    labels: AT,
    fires: commits({ "0.5": "0+9x40", "1": "0+10x40", "+Inf": "0+10x40" }),
    at: 30,
    silent: commits({ "0.5": "0+10x40", "1": "0+10x40", "+Inf": "0+10x40" }),
  },
  AppconnStoreSilent: {
    labels: AT,
    fires: {
      [metric("appconn_store_waiting")]: "0 3x20",
      [metric("appconn_store_writes_total")]: "0 1 1 stale",
    },
    at: 12,
    silent: {
      [metric("appconn_store_waiting")]: "900x20",
      [metric("appconn_store_writes_total")]: "0+1x20",
    },
  },
  AppconnDown: {
    labels: AT,
    fires: { [metric("up")]: "1 0x10" },
    at: 5,
    silent: { [metric("up")]: "1 0 1 1 0 1", 'up{job="other",instance="b:80"}': "0x10" },
  },
  AppconnRestarting: {
    labels: AT,
    fires: { [metric("process_start_time_seconds")]: "1 1 2 2 3 3 4 4 5 5" },
    at: 9,
    silent: {
      [metric("process_start_time_seconds")]: "1 1 2 2 3 3 3 3 3 3",
      [metric("process_start_time_seconds", 'worker="1"')]: "1 1 2 2 3 3 4 4 5 5",
    },
  },
  AppconnWorkersEnding: {
    labels: { ...AT, reason: "killed" },
    fires: { [metric("appconn_worker_replacements_total", 'reason="killed"')]: "0 1 2 3 4 5 6x10" },
    at: 10,
    silent: { [metric("appconn_worker_replacements_total", 'reason="killed"')]: "7 7 8 9 9x10" },
  },
  AppconnWorkerMissing: {
    labels: { ...AT, worker: "2" },
    fires: { [workerReady("1")]: "1x20", [workerReady("2")]: "1 0x20" },
    at: 10,
    silent: { [workerReady("1")]: "1x20", [workerReady("2")]: "1 0 0 0 1 1 0 0 0 1x12" },
  },
  AppconnEventLoopBlocked: {
    labels: AT,
    fires: { [metric("nodejs_eventloop_lag_p99_seconds")]: "0.3x20" },
    at: 15,
    silent: { [metric("nodejs_eventloop_lag_p99_seconds")]: "0.1 0.3 0.3 0.1 0.1 0.3 0.1x14" },
  },
  AppconnFilesRunOut: {
    labels: AT,
    fires: { [metric("process_open_fds")]: "900x20", [metric("process_max_fds")]: "1000x20" },
    at: 10,
    silent: { [metric("process_open_fds")]: "700x20", [metric("process_max_fds")]: "1000x20" },
  },
  AppconnLogLinesLost: {
    labels: { ...AT, destination: "stdout" },
    fires: { [metric("appconn_log_lines_dropped_total", 'destination="stdout"')]: "0 0 5x10" },
    at: 5,
    silent: { [metric("appconn_log_lines_dropped_total", 'destination="stdout"')]: "5x20" },
  },
};
