"""Several processes that train one network together, each on its own device. Python 3.8 and up, torch 1.13 and up."""

import datetime
import json
import os
import statistics
import sys
import time

import smoke_reference as reference
from smoke_houses import BATCH
from smoke_net import Training, failed, gradients_of, not_claimed, passed

REDUCED = {"cpu": 1 << 20, "gpu": 1 << 24}
"""Numbers (float32) that are summed over all ranks."""
REPEATS = 5
WORK = 512
"""Rows and columns of the product that shows how fast each rank is by itself."""


def rank():
    return int(os.environ["RANK"])


def world():
    return int(os.environ["WORLD_SIZE"])


def rendezvous(run):
    """Every process finds the others."""
    torch = run.torch
    import torch.distributed as ranks

    back_end = {"cuda": "gloo" if sys.platform == "win32" else "nccl", "xpu": "xccl"}.get(run.kind, "gloo")
    limit = datetime.timedelta(seconds=max(5.0, run.options["limit"] / 2.0))
    ranks.init_process_group(back_end, timeout=limit)
    run.ranks = ranks
    total = torch.ones(1, device=run.device)
    ranks.all_reduce(total)
    values = {"world": world(), "backend": back_end}
    run.channel.say(facts={"world": world(), "backend": back_end})
    if total.item() != world():
        raise failed(total.item(), world(), **values)
    return passed(world(), world(), **values)


def gathered(run, mine):
    """What each rank told, by rank. torch's own way to gather objects needs NumPy, which need not be there."""
    torch, text = run.torch, json.dumps(mine).encode("utf-8")
    length = torch.tensor([len(text)], device=run.device)
    lengths = [torch.zeros_like(length) for _ in range(world())]
    run.ranks.all_gather(lengths, length)
    longest = max(each.item() for each in lengths)
    row = torch.tensor(list(text.ljust(longest)), dtype=torch.uint8, device=run.device)
    rows = [torch.zeros_like(row) for _ in range(world())]
    run.ranks.all_gather(rows, row)
    return [json.loads(bytes(each.tolist()).decode("utf-8")) for each in rows]


def versions(run):
    """The same torch, CUDA and NCCL on every rank; another Python is told as well."""
    torch = run.torch
    nccl = torch.cuda.nccl.version() if run.kind == "cuda" and sys.platform != "win32" else None
    mine = {"torch": str(torch.__version__), "cuda": torch.version.cuda, "python": sys.version.split()[0],
            "nccl": ".".join(map(str, nccl)) if isinstance(nccl, tuple) else nccl}
    told = gathered(run, mine)
    run.channel.say(facts={"ranks": [{"rank": i, **each} for i, each in enumerate(told)]})
    for name in ("torch", "cuda", "nccl", "python"):
        others = [i for i, each in enumerate(told) if each[name] != told[0][name]]
        if others:
            values = {"name": name, "first": str(told[0][name]), "other": others[0], "found": str(told[others[0]][name])}
            if name == "python":
                return {"status": "warning", "variant": "", "measured": None, "bound": None, "values": values}
            raise failed(**values)
    return passed(version=mine["torch"], world=world())


def all_reduce(run):
    """A sum over all ranks, of whole numbers that are exact in any order, and how fast it went."""
    torch, count = run.torch, REDUCED["cpu" if run.kind == "cpu" else "gpu"]
    steps = torch.arange(count, device=run.device) % 1000
    wanted = (steps * world() + world() * (world() - 1) // 2).float()
    seconds = []
    for _ in range(REPEATS):
        numbers = (steps + rank()).float()
        run.ranks.barrier()
        run.synchronize()
        started = time.perf_counter()
        run.ranks.all_reduce(numbers)
        run.synchronize()
        seconds.append(time.perf_counter() - started)
    sample = numbers[:: max(1, count // 50000)].tolist()
    places = range(0, count, max(1, count // 50000))
    exact = [float(i % 1000 * world() + world() * (world() - 1) // 2) for i in places]
    off = max(max(abs(a - b) for a, b in zip(sample, exact)), (numbers - wanted).abs().max().item())
    # Each number crosses a link 2·(n-1)/n times, whatever the algorithm: the figure that compares across machines.
    speed = 2.0 * (world() - 1) / world() * 4 * count / min(seconds) / 1e9
    run.channel.say(facts={"all_reduce_gbs": speed})
    if off != 0.0:
        raise failed(off, 0, mib=4 * count >> 20, world=world())
    return passed(0, 0, mib=4 * count >> 20, world=world(), speed=speed)


def shared(run):
    """The network wrapped so that every backward pass averages the gradients of all ranks."""
    from torch.nn.parallel import DistributedDataParallel

    def wrap(net):
        return DistributedDataParallel(net, device_ids=[run.device] if run.kind == "cuda" else None)

    return wrap


def take_share(run):
    """From here on every batch holds only this rank's share of its houses."""
    parts = min(world(), BATCH)
    run.whole = run.batches
    run.batches = [batch[rank() % parts::parts] for batch in run.batches]
    run.wrap = shared(run)


def averaging(run):
    """After one backward pass every rank has the gradient of the whole batch, as the chain rule gives it."""
    if BATCH % world():
        take_share(run)
        raise not_claimed("uneven", world=world())
    whole = run.first
    take_share(run)
    training = Training(run, wrap=run.wrap)
    training.loss(run.torch.tensor(run.batches[0], device=run.device)).backward()
    gap = reference.Gap()
    for found, wanted, bound in zip(gradients_of(training.net), whole.wanted, whole.bounds):
        for part in (0, 1):
            gap.take_rows(found[part], wanted[part], widened(wanted[part], bound[part], world()))
    if not gap.sound():
        raise failed(gap.measured, gap.bound, world=world())
    return passed(gap.measured, gap.bound, world=world())


def widened(wanted, bounds, ranks):
    """The bound of one pass, and what adding up so many shares rounds."""
    if isinstance(wanted, list):
        return [widened(w, b, ranks) for w, b in zip(wanted, bounds)]
    return 2.0 * bounds + ranks * reference.UNIT["float32"] * abs(wanted)


def parameters(run):
    """After training every rank holds the very same parameters."""
    torch = run.torch
    mine = torch.cat([each.detach().reshape(-1) for each in run.trained.net.parameters()])
    first = mine.clone()
    run.ranks.broadcast(first, 0)
    off = max(abs(a - b) for a, b in zip(mine.tolist(), first.tolist()))
    values = {"count": mine.numel(), "world": world()}
    if off != 0.0:
        raise failed(off, 0, **values)
    return passed(0, 0, **values)


def slowest(run):
    """How fast each rank computes by itself; the slowest sets the pace of all."""
    torch = run.torch
    left = torch.ones(WORK, WORK, device=run.device)
    seconds = []
    for _ in range(4 * REPEATS):
        run.synchronize()
        started = time.perf_counter()
        torch.mm(left, left)
        run.synchronize()
        seconds.append(time.perf_counter() - started)
    told = gathered(run, statistics.median(seconds))
    last = max(range(world()), key=lambda i: told[i])
    run.channel.say(facts={"rank_seconds": told})
    values = {"slowest": last, "factor": told[last] / statistics.median(told), "world": world()}
    run.ranks.barrier()
    run.ranks.destroy_process_group()
    return passed(**values)


