"""write() together with a returned iterable: what was written comes first, and one Content-Length counts both."""


def application(environ, start_response):
    write = start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "12")])
    write(b"Hello ")
    return [b"World!"]
