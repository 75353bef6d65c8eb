# Runs an application for one request of a CGI environment, without Node: python3 path/to/gantry_worker/run_cgi.py APP
# Written so that any Python can read it, as the first thing it does is to say that the interpreter is too old.
import os
import sys

if sys.version_info < (3, 8):
    sys.stderr.write("gantry: Python %d.%d.%d " % sys.version_info[:3])
    sys.stderr.write("(%s) is too old: Gantry needs 3.8 or newer\n" % sys.executable)
    sys.stderr.write("  Name a newer interpreter. (GANTRY_PYTHON_TOO_OLD)\n")
    sys.exit(2)

# Python put this folder first on the path; the package is found from the folder above, which then has to leave the path
# again: the application must see none of our modules under short names.
sys.path[0] = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
from gantry_worker.cgi_command import main  # noqa: E402

del sys.path[0]

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
