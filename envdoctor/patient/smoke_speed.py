"""How fast the device is: products and a copy timed on a GPU, and the same training on it and on the CPU."""

import time

from smoke_net import not_claimed, passed

SIZE = 4096
"""Rows and columns of the product: large enough that every GPU of today is busy."""
PRODUCTS, COPIES = 10, 10
COPY_BYTES = 256 << 20
WIDTH, BATCH = 1024, 2048
"""The larger network of the comparison: the small one is too small for any GPU to show what it can."""
STEPS = {"cpu": 2, "gpu": 20}


def speed(run):
    """Products a second in each precision, bytes copied a second, and how many times faster than the CPU."""
    if run.kind == "cpu":
        raise not_claimed("cpu")
    values = {"speedup": speedup(run)}
    run.channel.say(facts={"speedup": values["speedup"]})
    if run.kind == "cuda":
        values.update(timed(run))
    return passed(variant="" if run.kind == "cuda" else "plain", **values)


def timed(run):
    torch = run.torch
    values = {"fp32": 0.0, "tf32": 0.0, "bf16": 0.0, "copy": copied(run)}
    with precision(torch, tf32=False):
        values["fp32"] = multiplied(run, torch.float32)
    if not torch.version.hip and torch.cuda.get_device_capability(run.device) >= (8, 0):
        with precision(torch, tf32=True):
            values["tf32"] = multiplied(run, torch.float32)
        values["bf16"] = multiplied(run, torch.bfloat16)
    return values


class precision:
    """float32 products are cut to TF32, or are not, until the end of the block."""

    def __init__(self, torch, tf32):
        self.torch, self.wanted = torch, "high" if tf32 else "highest"

    def __enter__(self):
        self.before = self.torch.get_float32_matmul_precision()
        self.torch.set_float32_matmul_precision(self.wanted)

    def __exit__(self, *reason):
        self.torch.set_float32_matmul_precision(self.before)


def seconds_of(run, work, count):
    """The mean time of `work`, by the device's own events, after a first call that only warms up."""
    torch = run.torch
    work()
    start, end = torch.cuda.Event(enable_timing=True), torch.cuda.Event(enable_timing=True)
    start.record()
    for _ in range(count):
        work()
    end.record()
    torch.cuda.synchronize()
    return start.elapsed_time(end) / 1000.0 / count


def room(run, wanted):
    """`wanted` bytes, or less on a GPU that has no room for three times as many."""
    return min(wanted, run.torch.cuda.mem_get_info(run.device)[0] // 4)


def multiplied(run, dtype):
    torch = run.torch
    size = SIZE
    while size > 256 and 3 * size * size * 4 > room(run, 1 << 40):
        size //= 2
    left, right = (torch.randn(size, size, device=run.device, dtype=dtype) for _ in range(2))
    out = torch.empty_like(left)
    seconds = seconds_of(run, lambda: torch.mm(left, right, out=out), PRODUCTS)
    return 2.0 * size ** 3 / seconds / 1e12


def copied(run):
    torch, size = run.torch, room(run, COPY_BYTES)
    source = torch.empty(size, dtype=torch.uint8, device=run.device)
    target = torch.empty_like(source)
    seconds = seconds_of(run, lambda: target.copy_(source), COPIES)
    return 2.0 * size / seconds / 1e9  # each byte is read and written


def speedup(run):
    """How many times faster the device trains a larger network than the CPU with all its threads."""
    device = step_seconds(run, run.device, STEPS["gpu"])
    return step_seconds(run, "cpu", STEPS["cpu"]) / device


def step_seconds(run, device, steps):
    torch = run.torch
    nn = torch.nn
    net = nn.Sequential(nn.Linear(WIDTH, WIDTH), nn.ReLU(), nn.Linear(WIDTH, WIDTH), nn.ReLU(), nn.Linear(WIDTH, 1))
    net.to(device)
    optimiser = torch.optim.SGD(net.parameters(), lr=0.001)
    rows, prices = torch.randn(BATCH, WIDTH, device=device), torch.randn(BATCH, 1, device=device)

    def step():
        optimiser.zero_grad()
        nn.functional.mse_loss(net(rows), prices).backward()
        optimiser.step()

    step()
    run.synchronize()
    started = time.perf_counter()
    for _ in range(steps):
        step()
    run.synchronize()
    return (time.perf_counter() - started) / steps
