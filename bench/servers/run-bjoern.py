"""Serves an application with bjoern, which has no command of its own. Arguments: module, host, port, workers."""

import importlib
import os
import signal
import sys

import bjoern

module, host, port, workers = sys.argv[1:]
application = importlib.import_module(module).application

bjoern.listen(application, host, int(port))
children = []
for _ in range(int(workers) - 1):
    child = os.fork()
    if child == 0:
        children = []
        break
    children.append(child)
try:
    bjoern.run()
finally:
    for child in children:
        os.kill(child, signal.SIGTERM)
