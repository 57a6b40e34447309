"""The checks from the device to one step of training, each a number against its bound. Python 3.8 and up."""

import ctypes
import random

import smoke_reference as reference
from smoke_houses import BATCH
from smoke_net import MOMENTUM, RATE, Training, failed, gradients_of, layers_of, passed

ROUND_TRIP = {"cpu": 4 << 20, "cuda": 64 << 20}
"""Bytes sent to the device and back; a broken bus or bad memory shows the sooner the more there are."""
OTHER_ROUND_TRIP = 16 << 20
CHUNK = 4 << 20
PRODUCT = 256


def device_memory(run):
    """Bytes to the device, copied there, and back: not one may differ."""
    torch = run.torch
    dice = random.Random(run.seed)
    pattern = bytearray(dice.getrandbits(8 * CHUNK).to_bytes(CHUNK, "little"))
    total = ROUND_TRIP.get(run.kind, OTHER_ROUND_TRIP)
    sent = torch.frombuffer(pattern, dtype=torch.uint8)
    there = [sent.to(run.device).clone() for _ in range(total // CHUNK)]
    wrong = 0
    for each in there:
        back = each.to("cpu").contiguous()
        got = ctypes.string_at(back.data_ptr(), CHUNK)
        if got != bytes(pattern):
            wrong += sum(a != b for a, b in zip(got, pattern))
    values = {"mib": total >> 20, "wrong": wrong}
    if wrong:
        raise failed(wrong, 0, **values)
    return passed(wrong, 0, **values)


def product(run):
    """A product of whole numbers, small enough that every way to add them up is exact, held against integers."""
    torch, n = run.torch, PRODUCT
    dice = random.Random(run.seed + 1)
    left, right = ([[dice.randint(-4, 4) for _ in range(n)] for _ in range(n)] for _ in range(2))
    probe = [dice.getrandbits(20) for _ in range(n)]
    dtype = {"float64": torch.float64}.get(run.dtype, torch.float32)
    there = [torch.tensor(rows, dtype=dtype, device=run.device) for rows in (left, right)]
    got = torch.matmul(*there).tolist()
    # Freivalds: if got = left · right then got · probe = left · (right · probe), in whole numbers without rounding.
    # A wrong row passes for one probe in a million.
    once = [reference.dot(row, probe) for row in right]
    wanted = [reference.dot(row, once) for row in left]
    wrong = [i for i in range(n) if not all(x == x and abs(x) < 1e9 for x in got[i])
             or reference.dot([int(x) if x == int(x) else x for x in got[i]], probe) != wanted[i]]
    if wrong:
        i = wrong[0]
        columns = reference.turned(right)
        exact = [reference.dot(left[i], c) for c in columns]
        j = next((j for j in range(n) if got[i][j] != exact[j]), 0)
        raise failed(len(wrong), 0, size=n, row=i, column=j, found=got[i][j], wanted=exact[j])
    if run.kind == "cpu":
        torch.set_num_threads(1)  # what follows is too small to share: threads would only wait for each other
    return passed(0, 0, size=n)


class FirstBatch:
    """The first batch on the device and in the reference, with the parameters that the device really has."""

    def __init__(self, run):
        self.training = Training(run)
        picked = run.batches[0]
        there = run.torch.tensor(picked, device=run.device)
        self.layers = layers_of(self.training.net)
        rows = self.training.rows[there].tolist()
        self.prices = [row[0] for row in self.training.prices[there].tolist()]
        self.rows = rows
        self.picked, self.there = picked, there
        self.reference = reference.Pass(self.layers, rows, self.prices, run.rounding())


def forward(run):
    """Prices and loss of the first batch against the same network worked out in float64."""
    run.first = first = FirstBatch(run)
    training, wanted = first.training, first.reference
    picked_up = reference.Gap()
    unit = reference.UNIT["float64" if run.dtype == "float64" else "float32"]
    for found, price, index in zip(first.rows, first.prices, first.picked):
        for x, y in zip([*found, price], [*run.train.rows[index], run.train.prices[index]]):
            picked_up.take(x, y, unit * abs(y))
    if not picked_up.sound():
        raise failed(picked_up.measured, picked_up.bound, variant="batch")
    guesses = training.guess(training.rows[first.there])
    first.loss = run.torch.nn.functional.mse_loss(guesses.to(training.prices.dtype), training.prices[first.there])
    gap = reference.Gap()
    gap.take_rows([row[0] for row in guesses.tolist()], wanted.guesses, wanted.guess_bounds)
    loss_gap = reference.Gap()
    loss_gap.take(first.loss.item(), wanted.loss, wanted.loss_bound())
    worse, variant = (gap, "") if gap.worst >= loss_gap.worst else (loss_gap, "loss")
    values = {"count": BATCH, "layers": len(first.layers)}
    if not (gap.sound() and loss_gap.sound()):
        raise failed(worse.measured, worse.bound, variant=variant, **values)
    return passed(gap.measured, gap.bound, **values)


def gradients(run):
    """Autograd's gradient of every parameter against the chain rule written out."""
    first = run.first
    first.training.optimiser.zero_grad()
    first.loss.backward()
    first.found = gradients_of(first.training.net)
    first.wanted, first.bounds = first.reference.backward()
    gap = reference.Gap()
    for index, (found, wanted, bound) in enumerate(zip(first.found, first.wanted, first.bounds)):
        for part, name in ((0, "weight"), (1, "bias")):
            gap.take_rows(found[part], wanted[part], bound[part], "%s %d" % (name, index + 1))
    count = sum(parameter.numel() for parameter in first.training.net.parameters())
    if not gap.sound():
        raise failed(gap.measured, gap.bound, count=count, where=gap.where)
    return passed(gap.measured, gap.bound, count=count)


def places(layers, seed):
    """In each layer a weight and a bias, picked by the seed."""
    dice = random.Random(seed + 2)
    for index, (weight, bias) in enumerate(layers):
        yield index, dice.randrange(len(weight)), dice.randrange(len(weight[0]))
        yield index, dice.randrange(len(bias)), None


def differences(run):
    """Autograd's gradient against the loss itself, nudged up and down in one parameter at a time."""
    first, gap, count = run.first, reference.Gap(), 0
    for place in places(first.layers, run.seed):
        slope = reference.difference_quotient(first.layers, first.rows, first.prices, place)
        if slope is None:
            continue
        index, row, column = place
        part, cell = (1, row) if column is None else (0, (row, column))
        found, bound = first.found[index][part], first.bounds[index][part]
        found, bound = ((found[row], bound[row]) if column is None else (found[row][column], bound[row][column]))
        gap.take(found, slope[0], bound + slope[1])
        count += 1
    if not gap.sound():
        raise failed(gap.measured, gap.bound, count=count)
    return passed(gap.measured, gap.bound, count=count)


def step(run):
    """Two steps of the optimiser move every parameter by the rate times its gradient, the second with momentum."""
    training, gap, moved = run.first.training, reference.Gap(), 0.0
    unit = reference.UNIT["float64" if run.dtype == "float64" else "float32"]
    training.optimiser.param_groups[0]["lr"] = RATE
    old, slopes = list(flat(layers_of(training.net))), list(flat(run.first.found))
    speeds = slopes
    for number in range(2):
        if number:
            training.optimiser.zero_grad()
            training.loss(run.first.there).backward()
            slopes = list(flat(gradients_of(training.net)))
            speeds = [MOMENTUM * speed + slope for speed, slope in zip(speeds, slopes)]
        training.optimiser.step()
        new = list(flat(layers_of(training.net)))
        for before, speed, slope, after in zip(old, speeds, slopes, new):
            room = abs(before) + RATE * (abs(speed) + abs(slope))
            gap.take(after, before - RATE * speed, 4.0 * unit * room)
            moved = max(moved, abs(after - before))
        old = new
        if number == 0 and run.options.get("explain"):
            tell_walk(run)
    if moved == 0.0:
        raise failed(gap.measured, gap.bound, variant="still")
    if not gap.sound():
        raise failed(gap.measured, gap.bound)
    return passed(gap.measured, gap.bound, rate=RATE)


def tell_walk(run):
    """The numbers of the first step, for whoever wants to follow it by hand."""
    import smoke_walk

    training = run.first.training
    with run.torch.no_grad():
        loss = training.loss(run.first.there).item()
    run.channel.say(facts={"walk": smoke_walk.first_step(run, layers_of(training.net), loss)})


def flat(layers):
    for weight, bias in layers:
        for row in weight:
            yield from row
        yield from bias

