-- The request of a case, and the percentile that wrk does not print itself. Arguments: the bytes to POST, or none.
-- Everything is set before the load begins, so wrk builds the request once and runs no Lua while it measures.
function init(arguments)
  local bytes = tonumber(arguments[1])
  if bytes then
    wrk.method = "POST"
    wrk.body = string.rep("x", bytes)
    wrk.headers["Content-Type"] = "application/octet-stream"
  end
end

function done(summary, latency)
  io.write(string.format("  99.9%% of latencies: %.0fus\n", latency:percentile(99.9)))
end
