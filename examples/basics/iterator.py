"""A class is an application too: calling it makes the iterable that is the answer."""


class Countdown:
    """Counts down, a line each time the server asks for the next block."""

    def __init__(self, environ, start_response):
        self.count = 3
        start_response("200 OK", [("Content-Type", "text/plain")])

    def __iter__(self):
        return self

    def __next__(self):
        if self.count == 0:
            raise StopIteration
        line = b"%d\n" % self.count
        self.count -= 1
        return line


application = Countdown
