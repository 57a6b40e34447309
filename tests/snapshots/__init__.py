"""What every finding looks like in every form and both languages, kept as files to read and to compare.

`python -m tests.snapshots` writes them anew; what has changed is then read as any other change is.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))  # for the package `rulebook`, when run as a module
