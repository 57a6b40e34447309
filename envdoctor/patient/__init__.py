"""Scripts for the patient's interpreter: the standard library, and torch where it is the subject; Python 3.6 and up.

Those of the smoke run, `smoke_*.py`, ask for Python 3.8.
"""
