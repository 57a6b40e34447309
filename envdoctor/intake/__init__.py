"""Pasted text and saved reports → facts, one module a format."""

from envdoctor.intake.decoding import decode
from envdoctor.intake.reading import read

__all__ = ["decode", "read"]
