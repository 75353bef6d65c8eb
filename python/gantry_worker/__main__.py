# Started by the front as `python .../gantry_worker SOCKET NUMBER` for a worker, with `template` behind it for the process
# that workers are forked from. Written so that any Python can read it, as the first thing it does is to say that the interpreter
# is too old.
import os
import sys

EXIT_TOO_OLD = 3

if sys.version_info < (3, 8):
    sys.stderr.write("python-too-old %d.%d.%d\n" % sys.version_info[:3])
    sys.exit(EXIT_TOO_OLD)

# Python put this folder first on the path; the package is found from the folder above, which then has to leave the path
# again: the application must see none of our modules under short names.
sys.path[0] = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
if sys.argv[3:] == ["template"]:
    from gantry_worker.template import Template as Process
else:
    from gantry_worker.worker import Worker as Process

del sys.path[0]

if __name__ == "__main__":
    sys.exit(Process(sys.argv[1], int(sys.argv[2])).run())
