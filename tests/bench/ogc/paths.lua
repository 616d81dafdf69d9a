-- wrk: random requests out of a list of paths (BENCH_PATHS), and what came of them as a line of JSON.
local requests = {}

function init()
    math.randomseed(tonumber(os.getenv("BENCH_SEED")))
    for line in io.lines(os.getenv("BENCH_PATHS")) do
        requests[#requests + 1] = wrk.format("GET", line)
    end
end

function request()
    return requests[math.random(#requests)]
end

function done(summary, latency)
    local failed = summary.errors
    io.write(string.format('\nJSON{"requests":%d,"seconds":%.6f,"bytes":%d,"p50":%.6f,"p95":%.6f,"errors":%d}\n',
        summary.requests, summary.duration / 1e6, summary.bytes, latency:percentile(50) / 1e6,
        latency:percentile(95) / 1e6,
        failed.connect + failed.read + failed.write + failed.status + failed.timeout))
end
