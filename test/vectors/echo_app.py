"""Answers with what it was asked: the request as JSON, and every string of its environ."""

import json


def application(environ, start_response):
    answer = {
        "method": environ["REQUEST_METHOD"],
        "path": environ["PATH_INFO"],
        "query": environ["QUERY_STRING"],
        "host": environ.get("HTTP_HOST"),
        "body": environ["wsgi.input"].read().decode("latin-1"),
        "environ": {key: value for key, value in environ.items() if isinstance(value, str)},
    }
    # The same length for HEAD: whoever reads a body because a Content-Length is there reads the next answer's head.
    body = json.dumps(answer).encode("ascii")
    start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
    return [body]
