"""A guided tour of what a WSGI server does for an application.

It uses PEP 3333 and the standard library, nothing else, and keeps one law:
every link begins with SCRIPT_NAME, so the tour works under any mount point.
"""

import hashlib
import pathlib
import time
from urllib.parse import parse_qsl
from wsgiref.util import FileWrapper

from form_data import MalformedForm, boundary_of, read_parts
from pages import Html, render, table

MAX_FORM_BYTES = 64 * 1024
FILE_BLOCK_BYTES = 64 * 1024


def application(environ, start_response):
    """Find the view for this path and method, and let it answer."""
    # A request for the mount point itself, without a slash, has an empty PATH_INFO.
    views = ROUTES.get(environ["PATH_INFO"] or "/")
    if views is None:
        return answer_page(environ, start_response, "not-found.html", status="404 Not Found")
    # HEAD is GET to the application; the server leaves the body out.
    method = "GET" if environ["REQUEST_METHOD"] == "HEAD" else environ["REQUEST_METHOD"]
    if method not in views:
        allowed = ", ".join([*views, "HEAD"])
        return answer_text(
            start_response, "405 Method Not Allowed", f"use one of: {allowed}\n", [("Allow", allowed)]
        )
    return views[method](environ, start_response)


def show_index(environ, start_response):
    return answer_page(environ, start_response, "index.html")


# --- what the server tells the application ---


def show_environ(environ, start_response):
    rows = [(key, value if isinstance(value, str) else repr(value)) for key, value in sorted(environ.items())]
    return answer_page(environ, start_response, "environ.html", variables=table(rows))


def show_form(environ, start_response):
    """Show the fields of the query string: a form sent by GET."""
    # A native string of WSGI holds bytes as latin-1; the text in it is UTF-8.
    return answer_fields(environ, start_response, environ["QUERY_STRING"].encode("latin-1"))


def receive_form(environ, start_response):
    """Show the fields of the body: a form sent by POST."""
    length = content_length(environ)
    if length > MAX_FORM_BYTES:
        return answer_text(start_response, "413 Content Too Large", f"more than {MAX_FORM_BYTES} bytes\n")
    return answer_fields(environ, start_response, environ["wsgi.input"].read(length))


def answer_fields(environ, start_response, urlencoded):
    fields = parse_qsl(urlencoded.decode("utf-8", "replace"), keep_blank_values=True)
    return answer_page(
        environ,
        start_response,
        "form.html",
        method=environ["REQUEST_METHOD"],
        text=dict(fields).get("text", "Grüße, こんにちは & <b>hello</b>"),
        fields=table(fields),
    )


def show_upload(environ, start_response):
    return answer_page(environ, start_response, "upload.html", files="")


def receive_upload(environ, start_response):
    """Digest each file while it is read: memory stays the same for 2 KB and 2 GB."""
    try:
        boundary = boundary_of(environ.get("CONTENT_TYPE", ""))
        parts = read_parts(environ["wsgi.input"], content_length(environ), boundary)
        rows = [(part.filename, *digest(part.chunks)) for part in parts if part.filename]
    except MalformedForm as error:
        return answer_text(start_response, "400 Bad Request", f"{error}\n")
    files = table(rows, headings=("name", "size in bytes", "SHA-256"))
    return answer_page(environ, start_response, "upload.html", files=files)


def digest(chunks):
    size, sha256 = 0, hashlib.sha256()
    for chunk in chunks:
        size += len(chunk)
        sha256.update(chunk)
    return str(size), sha256.hexdigest()


# --- answers that take their time ---


def show_stream(environ, start_response):
    return answer_page(environ, start_response, "stream.html")


def stream_lines(environ, start_response):
    """Yield a line now and then; the server must not wait for more before it sends one."""
    start_response("200 OK", [("Content-Type", "text/plain; charset=utf-8")])
    count, delay_seconds = pace(environ)
    for number in range(1, count + 1):
        if number > 1:
            time.sleep(delay_seconds)
        yield f"line {number}\n".encode()


def stream_events(environ, start_response):
    """Server-Sent Events: an ordinary answer that happens to go on for a while."""
    start_response("200 OK", [("Content-Type", "text/event-stream"), ("Cache-Control", "no-store")])
    count, delay_seconds = pace(environ)
    try:
        for number in range(1, count + 1):
            yield f"data: {number} of {count}\n\n".encode()
            time.sleep(delay_seconds)
        # Without this the browser would connect again and start anew.
        yield b"event: done\ndata: that was all\n\n"
    finally:
        # Reached in every case: the server calls close() on us when the visitor has left.
        log(environ, "the event stream is closed")


def pace(environ):
    """Return how many items to send and how long to rest between them, ?n=20&delay=0.2 if not given."""
    query = dict(parse_qsl(environ["QUERY_STRING"]))
    return number_in(query, "n", 20, highest=10_000), number_in(query, "delay", 0.2, highest=10.0)


def number_in(query, name, default, highest):
    try:
        number = type(default)(query[name])
    except (KeyError, ValueError):
        return default
    return number if 0 <= number <= highest else default


# --- what the server does when the application fails ---


def fail(environ, start_response):
    """Fail before anything was sent: the visitor gets the server's 500 page, the log the traceback."""
    raise RuntimeError("this view always fails")


def fail_in_mid_stream(environ, start_response):
    """Fail too late for a 500: the server must break the connection, so that nobody takes half for the whole."""
    start_response("200 OK", [("Content-Type", "text/plain; charset=utf-8")])
    yield b"This is the first half of the answer.\n"
    yield b"The second half would come here, but...\n"
    raise RuntimeError("this view always fails half way")


# --- files and logs ---


def download(environ, start_response):
    """Hand an open file to the server, which may send it without any help from Python."""
    path = pathlib.Path(__file__)
    start_response(
        "200 OK",
        [
            ("Content-Type", "text/x-python; charset=utf-8"),
            ("Content-Length", str(path.stat().st_size)),
            ("Content-Disposition", 'attachment; filename="app.py"'),
        ],
    )
    # The wrapper is an offer, not a duty of the server.
    file_wrapper = environ.get("wsgi.file_wrapper", FileWrapper)
    return file_wrapper(path.open("rb"), FILE_BLOCK_BYTES)


def show_log(environ, start_response):
    return answer_page(environ, start_response, "log.html", written="")


def write_log(environ, start_response):
    line = "hello from the tour"
    log(environ, line)
    return answer_page(environ, start_response, "log.html", written=Html(f"<p class=note>Written: “{line}”</p>"))


def log(environ, line):
    environ["wsgi.errors"].write(f"tour: {line}\n")
    environ["wsgi.errors"].flush()


# --- answers in general ---


def content_length(environ):
    # The server promises that this is missing, empty or digits.
    return int(environ.get("CONTENT_LENGTH") or 0)


def answer_page(environ, start_response, page, status="200 OK", **values):
    body = render(page, environ["SCRIPT_NAME"], values)
    return answer(start_response, status, "text/html; charset=utf-8", body)


def answer_text(start_response, status, text, headers=()):
    return answer(start_response, status, "text/plain; charset=utf-8", text.encode(), headers)


def answer(start_response, status, content_type, body, headers=()):
    start_response(status, [("Content-Type", content_type), ("Content-Length", str(len(body))), *headers])
    return [body]


ROUTES = {
    "/": {"GET": show_index},
    "/environ": {"GET": show_environ},
    "/form": {"GET": show_form, "POST": receive_form},
    "/upload": {"GET": show_upload, "POST": receive_upload},
    "/stream": {"GET": show_stream},
    "/stream/lines": {"GET": stream_lines},
    "/stream/events": {"GET": stream_events},
    "/error": {"GET": fail},
    "/error/mid-stream": {"GET": fail_in_mid_stream},
    "/download": {"GET": download},
    "/log": {"GET": show_log, "POST": write_log},
}
