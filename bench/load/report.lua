-- Sends what the environment says and prints one JSON line with exact figures.
local method = os.getenv("BENCH_METHOD") or "GET"
local size = tonumber(os.getenv("BENCH_BODY_BYTES") or "0")
local applications = tonumber(os.getenv("BENCH_APPLICATIONS") or "0")
local services = tonumber(os.getenv("BENCH_SERVICES") or "1")

wrk.method = method
if size > 0 then
  wrk.body = string.rep("x", size)
  wrk.headers["Content-Type"] = "application/octet-stream"
end

if applications > 0 then
  -- A stride that shares no factor with the count visits every API, in an order that no cache likes.
  local total = applications * services
  local position = 0
  local path = os.getenv("BENCH_PATH")
  request = function()
    position = (position + 7919) % total
    local application = math.floor(position / services)
    local service = position % services
    return wrk.format(method, string.format(path, application, service))
  end
end

done = function(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    '{"requests":%d,"microseconds":%d,"p50":%d,"p99":%d,"max":%d,"failed":%d,"refused":%d}\n',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99), latency.max,
    errors.connect + errors.read + errors.write + errors.timeout, errors.status))
end
