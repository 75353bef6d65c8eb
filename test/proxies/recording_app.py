"""Keeps a record of every request that reaches it. GET /-records hands out the records and forgets them."""

import json

_records = []


def application(environ, start_response):
    if environ["PATH_INFO"] == "/-records":
        taken = [_records.pop(0) for _ in range(len(_records))]
        return _answer(start_response, taken, [])
    record = {
        "id": environ.get("HTTP_X_PROXY_REQUEST", ""),
        "method": environ["REQUEST_METHOD"],
        "target": environ["REQUEST_URI"],
        "body": environ["wsgi.input"].read().decode("latin-1"),
        "environ": {key: value for key, value in environ.items() if isinstance(value, str)},
    }
    _records.append(record)
    # Two connections that are mixed up show in the answers: each tells whose it is.
    return _answer(start_response, record, [("X-Seen", record["id"])])


def _answer(start_response, value, headers):
    body = json.dumps(value).encode("ascii")
    headers = [("Content-Type", "application/json"), ("Content-Length", str(len(body)))] + headers
    start_response("200 OK", headers)
    return [body]
