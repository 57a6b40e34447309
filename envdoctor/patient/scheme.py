"""Says where this interpreter's installers put things. For Python 3.6 and up. Argument: the token."""

import json
import os
import sys
import sysconfig

TOKEN = sys.argv[1]


def main():
    paths = sysconfig.get_paths()
    said = {
        "prefix": sys.prefix,
        "base_prefix": getattr(sys, "base_prefix", sys.prefix),
        "folders": [paths[name] for name in ("purelib", "platlib", "scripts") if paths.get(name)],
        "executable": sys.executable,
    }
    sys.stdout.write("\n%s:done %s\n" % (TOKEN, json.dumps(said)))
    sys.stdout.flush()
    os._exit(0)


main()
