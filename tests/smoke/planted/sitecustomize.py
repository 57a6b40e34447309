"""Laid on PYTHONPATH: plants the fault of PLANTED_FAULT in torch as soon as the smoke worker has imported it."""

import importlib.abc
import importlib.util
import os
import sys


class Finder(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path, target=None):
        if name != "torch" or "smoke_worker" not in sys.argv[0]:
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec("torch")
        execute = spec.loader.exec_module

        def exec_module(module):
            execute(module)
            import faults

            for place, attribute, value in faults.PLANTERS[os.environ["PLANTED_FAULT"]](module):
                setattr(place, attribute, value)

        spec.loader.exec_module = exec_module
        return spec


RANK = os.environ.get("PLANTED_RANK")

if os.environ.get("PLANTED_FAULT") and os.environ.get("RANK") == RANK:
    sys.meta_path.insert(0, Finder())

if os.environ.get("PLANTED_NO_NUMPY"):
    sys.modules["numpy"] = None  # what imports it is told that it is not there

if os.environ.get("PLANTED_NOISE"):
    import time
    import warnings

    # Before the worker has taken its own copy of standard output; then rubbish that ends no line.
    print('0123456789abcdef:event {"check": "import", "status": "failed"}')
    print("x" * 3_000_000)
    print('half a line and then {"done": true}', end="", flush=True)
    warnings.warn("a plugin that warns", stacklevel=1)
    time.sleep(1.0)
