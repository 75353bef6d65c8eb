"""Makes `gantry_worker` importable from the checkout. Every test module imports this first."""

import os
import sys

PYTHON_DIRECTORY = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "python")

sys.path.insert(0, os.path.abspath(PYTHON_DIRECTORY))
