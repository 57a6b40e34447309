"""Starts torchrun, PyTorch's own launcher, in the patient. Python 3.8 and up, torch 1.13 and up.

Arguments: the processes on this machine ("auto": one a GPU, two on the CPU), the device, the machines, the meeting
point ("" for one machine), then the worker and its arguments.
"""

import os
import sys

HERE = os.path.realpath(os.path.dirname(os.path.abspath(__file__)))
sys.path[:] = [each for each in sys.path if os.path.realpath(each or os.curdir) != HERE or not each] + [HERE]


def processes(wanted, device):
    if wanted != "auto":
        return wanted
    import torch

    for kind in ("cuda", "xpu"):
        back_end = getattr(torch, kind, None)
        if device in ("auto", kind) and back_end is not None and back_end.is_available():
            return str(back_end.device_count())
    return "2"


def main():
    wanted, device, nodes, endpoint = sys.argv[1:5]
    arguments = ["--nproc_per_node", processes(wanted, device), "--nnodes", nodes, "--max_restarts", "0"]
    from torch.distributed import run

    if endpoint:
        arguments += ["--rdzv_backend", "c10d", "--rdzv_endpoint", endpoint, "--rdzv_id", "envdoctor"]
    else:
        arguments.append("--standalone")
        if "--local_addr" in run.get_args_parser().format_help().replace("-addr", "_addr"):  # torch 2.0 and up
            arguments += ["--local_addr", "127.0.0.1"]
    run.main(arguments + sys.argv[5:])


if __name__ == "__main__":
    main()
