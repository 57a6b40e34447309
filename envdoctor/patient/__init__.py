"""Scripts that run in the patient's interpreter: standard library only, Python 3.6 and up."""
