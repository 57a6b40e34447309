"""Writes the schema of `check` as the types have it now."""

from envdoctor.reports.schemas import CHECK, as_file

CHECK.write_text(as_file(), encoding="utf-8", newline="\n")
