# A production configuration with gevent and database connections that are made after the fork.
import os

bind = "unix:/tmp/gunicorn.sock"
workers = int(os.environ.get("SHOP_WORKERS", "3"))
worker_class = "gevent"
worker_connections = 1000
timeout = 30
keepalive = 2

errorlog = "-"
loglevel = "info"
accesslog = "-"
access_log_format = '%(h)s %(l)s %(u)s %(t)s "%(r)s" %(s)s %(b)s "%(f)s" "%(a)s"'

proc_name = "shop"


def post_fork(server, worker):
    from psycogreen.gevent import patch_psycopg

    patch_psycopg()
    server.log.info("Worker spawned (pid: %s)", worker.pid)


def pre_fork(server, worker):
    pass


def when_ready(server):
    server.log.info("Server is ready. Spawning workers")


def worker_int(worker):
    worker.log.info("worker received INT or QUIT signal")
