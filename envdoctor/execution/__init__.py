"""Carrying a plan out: run its commands, prove the result, and put everything back where that fails."""
