"""Prints the schema of `check` as the types have it now."""

import sys

from envdoctor.reports.schemas import as_file

sys.stdout.write(as_file())
