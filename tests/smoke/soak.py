"""Every seed passes on a healthy CPU: `python tests/smoke/soak.py [FIRST [LAST]]`, outside the normal run (minutes).

All seeds are tried in one process; the fullest share of its bound that each check came to is printed at the end.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

WORKER = Path(__file__).parents[2] / "envdoctor" / "patient"
INSIDE = """
import sys
sys.path.append(sys.argv[1])
import smoke_channel, smoke_net, smoke_worker, torch
channel = smoke_channel.Channel("0")
for seed in range(int(sys.argv[3]), int(sys.argv[4])):
    channel.token = str(seed)
    options = {"device": "cpu", "steps": 240, "seed": seed, "dtype": "float32", "compile": False, "limit": 60.0,
               "folder": sys.argv[2]}
    smoke_worker.work(smoke_net.Run(torch, options, channel))
channel.leave(0)
"""


def main(first: int = 0, last: int = 199) -> int:
    """Try the seeds; the exit code is the number that failed, at most 100."""
    fullest: dict[str, tuple[float, int]] = {}
    failed: dict[int, str] = {}
    with tempfile.TemporaryDirectory() as folder:
        argv = [sys.executable, "-B", "-c", INSIDE, str(WORKER), folder, str(first), str(last + 1)]
        child = subprocess.Popen(argv, stdout=subprocess.PIPE, text=True)
        assert child.stdout is not None
        for line in child.stdout:
            seed, _, event = line.partition(":event ")
            said = json.loads(event) if event else {}
            if said.get("status") == "failed":
                failed[int(seed)] = f"{said['check']}: {said}"
            if said.get("bound"):
                share = said["measured"] / said["bound"]
                fullest[said["check"]] = max(fullest.get(said["check"], (0.0, 0)), (share, int(seed)))
        code = child.wait()
    for check, (share, seed) in fullest.items():
        print(f"{check:<16} at most {share:7.2%} of its bound (seed {seed})")
    print(f"{last - first + 1 - len(failed)} of {last - first + 1} seeds passed", *failed.values(), sep="\n")
    return min(100, len(failed)) or code


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
