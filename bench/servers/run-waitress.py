"""Runs waitress-serve with its "Task queue depth" warnings off: one line a request would be measured as its work."""

import logging

from waitress.runner import run

logging.getLogger("waitress.queue").setLevel(logging.ERROR)
run()
