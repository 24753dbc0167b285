"""Runs the command line."""

import sys

from mingqian_draw.command.cli import main

if __name__ == "__main__":
    sys.exit(main())
