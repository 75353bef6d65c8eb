-- The request of the case echo-10k, for wrk: a POST of 10 KB. Set once, so wrk builds the request's bytes once.
wrk.method = "POST"
wrk.body = string.rep("x", 10 * 1024)
wrk.headers["Content-Type"] = "application/octet-stream"
