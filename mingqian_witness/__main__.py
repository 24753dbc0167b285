"""`python -m mingqian_witness`."""

import sys

from mingqian_witness.cli import main

sys.exit(main())
