"""Serves app:application with bjoern, which has no command of its own. Arguments: host, port."""

import sys

import bjoern

from app import application

bjoern.run(application, sys.argv[1], int(sys.argv[2]))
