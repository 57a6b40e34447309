"""Pasted text and saved reports → facts, one module a format."""

from envdoctor.intake.decoding import decode
from envdoctor.intake.reading import read
from envdoctor.intake.thinning import thinned

__all__ = ["decode", "read", "thinned"]
