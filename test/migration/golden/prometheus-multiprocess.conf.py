from pathlib import Path
import shutil

wsgi_app = "catalog.wsgi:application"
chdir = "."
bind = ["0.0.0.0:8000", "[::1]:8000"]
workers = 2
threads = 4
worker_tmp_dir = "/dev/shm"
max_requests = 1_000
max_requests_jitter = 50
timeout = 300
graceful_timeout = 60
preload_app = True
raw_env = ["PROMETHEUS_MULTIPROC_DIR=/tmp/prometheus", "DEBUG="]
pidfile = Path("/run/catalog.pid")
umask = 0o027
user = 1000
group = "www-data"
forwarded_allow_ips = "10.0.0.0/8, 192.168.1.1"
secure_scheme_headers = {"X-FORWARDED-PROTO": "https"}
logconfig_dict = {"version": 1}
reuse_port = True
workerz = 9
_private = 1
TEMPORARY = "/tmp"


def child_exit(server, worker):
    shutil.rmtree(TEMPORARY, ignore_errors=True)


def post_request(worker, req, environ, resp):
    pass
