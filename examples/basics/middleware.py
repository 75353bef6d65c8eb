"""Three layers in front of an application: one changes the environ, one the status, one the body."""

GREETINGS = {"en": b"Hello\n", "fr": b"Bonjour\n"}


def greeter(environ, start_response):
    """The application: says hello in the language that a layer has put into the environ."""
    greeting = GREETINGS.get(environ["example.language"])
    if greeting is None:
        start_response("404 Not Found", [("Content-Type", "text/plain")])
        return [b"I do not speak that\n"]
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(greeting)))])
    return [greeting]


def language(application):
    """Changes the environ: takes the path for a language."""

    def language_layer(environ, start_response):
        environ["example.language"] = environ["PATH_INFO"][1:] or "en"
        return application(environ, start_response)

    return language_layer


def gone(application):
    """Changes the status: what is not found is gone for good. Only start_response is wrapped, the body passes as it is."""

    def gone_layer(environ, start_response):
        def start_gone(status, headers, exc_info=None):
            if status.startswith("404 "):
                status = "410 Gone"
            return start_response(status, headers, exc_info)

        return application(environ, start_gone)

    return gone_layer


def signature(application):
    """Changes the body: adds a line to it, so that a Content-Length would no longer be true."""

    def signature_layer(environ, start_response):
        def start_signed(status, headers, exc_info=None):
            headers = [(name, value) for name, value in headers if name.lower() != "content-length"]
            return start_response(status, headers, exc_info)

        return signed(application(environ, start_signed))

    return signature_layer


def signed(blocks):
    try:
        yield from blocks
        yield b"-- the greeter\n"
    finally:
        # Whoever takes an iterable hands its close() on (PEP 3333, "Specification Details").
        if hasattr(blocks, "close"):
            blocks.close()


application = signature(gone(language(greeter)))
