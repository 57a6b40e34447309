"""Runs the worker's checks once for every fault named, all in this process; each line of output names its fault.

Arguments: the folder of the worker, a folder for files, the faults.
"""

import sys

WORKER, FOLDER, NAMES = sys.argv[1], sys.argv[2], sys.argv[3:]
del sys.argv[1:]
sys.path.append(WORKER)

import faults  # noqa: E402
import smoke_channel  # noqa: E402
import smoke_net  # noqa: E402
import smoke_worker  # noqa: E402

OPTIONS = {"device": "cpu", "steps": 240, "seed": 0, "dtype": "float32", "compile": False, "limit": 4.0}


def noticed(torch):
    """Whether the two usual questions would have shown the fault: (is_available(), a bare product)."""
    try:
        product = torch.matmul(torch.ones(3, 3), torch.ones(3, 3)).tolist()
        wrong = product != [[3.0] * 3] * 3
    except Exception:  # noqa: BLE001 - whatever it raises is noticed
        wrong = True
    try:
        return torch.cuda.is_available(), wrong
    except Exception:  # noqa: BLE001
        return None, wrong


def main():
    channel = smoke_channel.Channel("?")
    import torch

    for name in NAMES:
        channel.token = name
        with faults.planted(torch, name):
            channel.say(facts={"noticed": noticed(torch)})
            channel.say(check="import", status="passed", values={"version": "planted"})
            smoke_worker.work(smoke_net.Run(torch, {**OPTIONS, "folder": FOLDER}, channel))
        channel.say(done=True)
    channel.leave(0)


if __name__ == "__main__":
    main()
