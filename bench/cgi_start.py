"""What a run under CGI costs: CPU and wall time of the fastest of many, beside bare interpreters and the standard library's gateway.

    python3 bench/cgi_start.py [RUNS]

Wants a build (`npm run build`). The fastest run is the one that others on the machine have disturbed least.
"""

import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time

REPOSITORY = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
MAIN = os.path.join(REPOSITORY, "dist", "cli", "main.js")
RUN_CGI = os.path.join(REPOSITORY, "python", "gantry_worker", "run_cgi.py")

HELLO = {
    "hello.py": """
def application(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"hello\\n"]
""",
    "by_wsgiref.py": """
from wsgiref.handlers import CGIHandler

from hello import application

CGIHandler().run(application)
""",
    "hello.mjs": """
export const application = (environ, startResponse) => {
  startResponse('200 OK', [['Content-Type', 'text/plain']])
  return [Buffer.from('hello\\n')]
}
""",
}
HELLO["hello.ts"] = HELLO["hello.mjs"]


def commands(python, node):
    yield "python3 -c 0", [python, "-c", "0"]
    yield "wsgiref's CGIHandler", [python, "by_wsgiref.py"]
    yield "run_cgi.py, without Node", [python, RUN_CGI, "./hello.py"]
    yield "node -e 0", [node, "-e", "0"]
    yield "gantry cgi ./hello.py", [node, MAIN, "cgi", "--python", python, "./hello.py"]
    yield "gantry cgi ./hello.mjs", [node, MAIN, "cgi", "./hello.mjs"]
    yield "gantry cgi ./hello.ts", [node, MAIN, "cgi", "./hello.ts"]


def fastest(command, directory, runs):
    """CPU and wall time in milliseconds."""
    environment = {"REQUEST_METHOD": "GET", "PATH": os.environ["PATH"]}
    cpu, wall = [], []
    for _ in range(runs):
        before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        subprocess.run(command, cwd=directory, env=environment, stdout=subprocess.DEVNULL, check=True)
        wall.append(time.perf_counter() - started)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        cpu.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return min(cpu) * 1000, min(wall) * 1000


def main():
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 30
    python, node = os.path.realpath(sys.executable), shutil.which("node")
    with tempfile.TemporaryDirectory() as directory:
        for name, text in HELLO.items():
            with open(os.path.join(directory, name), "w", encoding="utf-8") as file:
                file.write(text)
        print("| | CPU, ms | wall, ms |\n|---|---|---|")
        for name, command in commands(python, node):
            cpu, wall = fastest(command, directory, runs)
            print(f"| {name} | {cpu:.0f} | {wall:.0f} |", flush=True)


if __name__ == "__main__":
    main()
