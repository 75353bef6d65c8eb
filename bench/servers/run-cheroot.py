"""Serves an application with cheroot in code, as it documents. Arguments: module, host, port, threads, and for TLS
the files of the certificate and of its key.
"""

import importlib
import signal
import sys

from cheroot import wsgi

module, host, port, threads, *certificate = sys.argv[1:]
application = importlib.import_module(module).application
server = wsgi.Server((host, int(port)), application, numthreads=int(threads), request_queue_size=1024, timeout=75)
# The default keeps ten idle connections alive and closes the others.
server.keep_alive_conn_limit = 1000
if certificate:
    from cheroot.ssl.builtin import BuiltinSSLAdapter

    server.ssl_adapter = BuiltinSSLAdapter(*certificate)
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
try:
    server.start()
finally:
    server.stop()
