"""What training leans on beside the network: loader processes, mixed precision, convolution, the compiler."""

import random

import smoke_reference as reference
from smoke_checks import FirstBatch
from smoke_houses import BATCH
from smoke_net import Training, failed, gradients_of, not_claimed, passed, product_cut, rounding_of

WORKERS = 2
LOADER_SECONDS = 60.0
"""How long a batch may take: a worker of another start method imports torch first."""


class Numbered:
    """House number i comes with its number and the process that fetched it. Picklable for every start method."""

    def __init__(self, rows):
        self.rows = rows

    def __len__(self):
        return len(self.rows)

    def __getitem__(self, index):
        import torch
        from torch.utils.data import get_worker_info

        info = get_worker_info()
        return index, torch.tensor(self.rows[index], dtype=torch.float64), -1 if info is None else info.id


def loader(run):
    """A DataLoader with worker processes: every house once, with its own numbers, from the workers."""
    from torch.utils.data import DataLoader

    torch = run.torch
    houses = Numbered(run.train.rows[:4 * BATCH])
    order = torch.Generator()
    order.manual_seed(run.seed)
    batches = DataLoader(houses, batch_size=BATCH, shuffle=True, num_workers=WORKERS, generator=order,
                         timeout=min(LOADER_SECONDS, run.options["limit"] / 2.0 or LOADER_SECONDS))
    seen, wrong, workers = [], 0, set()
    for numbers, rows, ids in batches:
        seen += numbers.tolist()
        workers.update(ids.tolist())
        wrong += sum(houses.rows[i] != row for i, row in zip(numbers.tolist(), rows.tolist()))
    values = {"count": len(houses), "workers": WORKERS, "got": len(seen), "distinct": len(set(seen)), "wrong": wrong}
    if sorted(seen) != list(range(len(houses))):
        raise failed(len(set(seen)), len(houses), variant="count", **values)
    if wrong:
        raise failed(wrong, 0, variant="content", **values)
    if -1 in workers:
        raise failed(variant="own", **values)
    return passed(len(set(seen)), len(houses), **values)


def mixed_precision(run):
    """Prices and gradients of the first batch in half precision, within what that precision may round away."""
    torch = run.torch
    half = half_precision(torch, run)
    training = Training(run, dtype=half)
    first = run.first
    rounding = rounding_of(torch, run.device, half)
    wanted = reference.Pass(FirstBatch(run).layers, first.rows, first.prices, rounding)
    guesses = training.guess(training.rows[first.there])
    if guesses.dtype == training.rows.dtype:
        raise failed(variant="not-cast", dtype=half)
    loss = torch.nn.functional.mse_loss(guesses.to(training.prices.dtype), training.prices[first.there])
    scale = 1024.0 if half == "float16" else 1.0
    (loss * scale).backward()
    gap = reference.Gap()
    gap.take_rows([row[0] for row in guesses.float().tolist()], wanted.guesses, wanted.guess_bounds)
    for found, wished, bound in zip(gradients_of(training.net), *wanted.backward()):
        for part in (0, 1):
            gap.take_rows(unscaled(found[part], scale), wished[part], bound[part])
    if not gap.sound():
        raise failed(gap.measured, gap.bound, dtype=half)
    return passed(gap.measured, gap.bound, dtype=half)


def unscaled(values, scale):
    return [unscaled(v, scale) if isinstance(v, list) else v / scale for v in values]


def half_precision(torch, run):
    """The half precision that this device computes in; float32 weights stay beside it."""
    if run.dtype != "float32":
        raise not_claimed("asked", dtype=run.dtype)
    if run.kind == "cuda":
        return "bfloat16" if torch.cuda.is_bf16_supported() else "float16"
    if run.kind == "mps":
        try:
            torch.autocast("mps", dtype=torch.float16)
        except RuntimeError:
            raise not_claimed("device", device=run.kind) from None
        return "float16"
    return "bfloat16"


def convolution(run):
    """A convolution of small pictures against the sums written out; through cuDNN on an NVIDIA GPU."""
    torch, dice = run.torch, random.Random(run.seed + 3)
    side, kernel, inputs, outputs = 8, 3, 3, 4
    picture = [[[dice.uniform(-1, 1) for _ in range(side)] for _ in range(side)] for _ in range(inputs)]
    weight = [[[[dice.uniform(-1, 1) for _ in range(kernel)] for _ in range(kernel)] for _ in range(inputs)]
              for _ in range(outputs)]
    there = torch.tensor([picture], dtype=torch.float32, device=run.device)
    filters = torch.tensor(weight, dtype=torch.float32, device=run.device)
    found = torch.nn.functional.conv2d(there, filters).tolist()[0]
    picture, weight = there.tolist()[0], filters.tolist()
    cut = max(product_cut(torch, run.kind), conv_cut(torch, run.kind))
    # cuDNN may pick a transform (Winograd, FFT) whose sums are longer than the plain ones: room for ten times as many.
    share = reference.Rounding(cut, reference.UNIT["float32"], 0.0).products(10 * inputs * kernel * kernel)
    gap = reference.Gap()
    for o in range(outputs):
        for y in range(side - kernel + 1):
            for x in range(side - kernel + 1):
                pieces = [picture[i][y + dy][x + dx] * weight[o][i][dy][dx] for i in range(inputs)
                          for dy in range(kernel) for dx in range(kernel)]
                gap.take(found[o][y][x], sum(pieces), share * sum(map(abs, pieces)))
    library = convolution_library(torch, run)
    if not gap.sound():
        raise failed(gap.measured, gap.bound, library=library)
    return passed(gap.measured, gap.bound, variant="cudnn" if library else "", library=library)


def convolution_library(torch, run):
    if run.kind != "cuda" or torch.version.hip:
        return ""
    cudnn = torch.backends.cudnn
    if not (cudnn.is_available() and cudnn.enabled):
        raise failed(variant="no-cudnn")
    return "cuDNN %s" % cudnn.version()


def conv_cut(torch, kind):
    """cuDNN cuts float32 to TF32 in convolutions unless told otherwise; torch's default lets it."""
    if kind != "cuda":
        return 0.0
    try:
        return reference.UNIT["tfloat32"] if torch.backends.cudnn.allow_tf32 else 0.0
    except RuntimeError:  # set through the newer interface
        return reference.UNIT["tfloat32"]


def compiled(run):
    """The network through torch.compile: the same prices as without, within rounding."""
    torch = run.torch
    if not run.options["compile"]:
        raise not_claimed("off")
    if not hasattr(torch, "compile"):
        raise failed(variant="absent", version=str(torch.__version__))
    first = FirstBatch(run)
    model = torch.compile(first.training.net)
    with first.training.cast():
        guesses = model(first.training.rows[first.there])
    loss = torch.nn.functional.mse_loss(guesses.to(first.training.prices.dtype), first.training.prices[first.there])
    loss.backward()
    gap = reference.Gap()
    gap.take_rows([row[0] for row in guesses.tolist()], first.reference.guesses, first.reference.guess_bounds)
    for found, wanted, bound in zip(gradients_of(first.training.net), *first.reference.backward()):
        for part in (0, 1):
            gap.take_rows(found[part], wanted[part], bound[part])
    if not gap.sound():
        raise failed(gap.measured, gap.bound)
    return passed(gap.measured, gap.bound)
