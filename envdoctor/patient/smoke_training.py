"""Training and what follows from it: the bound of the noise, the same again, the CPU's way, a checkpoint."""

import math
import os
import time

import smoke_reference as reference
from smoke_checks import flat
from smoke_houses import BATCH, HELD_OUT, TRAIN
from smoke_net import Shaken, Training, failed, layers_of, not_claimed, passed

CLAIM_FROM = 160
"""Steps from which on every healthy run reaches the bound (docs/smoke-train.md has the measurement)."""
AGAIN = 32
"""Steps that are done a second time, and on the CPU."""
SHAKES = 2
"""Runs with shaken gradients that measure what rounding may do to a trajectory."""
MARGIN = 4.0
"""How far the device may stray beyond the furthest shaken run: of a few draws the largest is not the most."""


TELL_SECONDS, TELL_AT_MOST = 0.1, 20
"""How often the doctor hears of the losses, and of how many in one line."""


def spread(count):
    """Three standard deviations of the mean square of `count` normal numbers, relative to its expectation."""
    return 3.0 * math.sqrt(2.0 / count)


def train(run):
    """Training on every step's batch; then the loss on houses it never saw against the noise in their prices."""
    run.trained = training = Training(run)
    started = time.perf_counter()
    told, told_at = 0, started
    for number in range(run.steps):
        run.losses.append(training.step(number))
        now = time.perf_counter()
        if now - told_at > TELL_SECONDS or len(run.losses) - told >= TELL_AT_MOST or not math.isfinite(run.losses[-1]):
            told, told_at = tell(run, told), now
        if not math.isfinite(run.losses[-1]):
            raise failed(variant="nan", step=number + 1, loss=repr(run.losses[-1]))
    run.synchronize()
    seconds = time.perf_counter() - started
    tell(run, told)
    run.channel.say(facts={"train_seconds": seconds, "samples_per_second": run.steps * BATCH / seconds})
    return judge(run, training)


def tell(run, told):
    run.channel.say(losses=run.losses[told:])
    return len(run.losses)


def judge(run, training):
    measured = held_out_loss(run, training)
    floor = run.held_out.floor()
    bound = floor * (1.0 + spread(HELD_OUT)) + rounding_loss(run, training)
    run.channel.say(facts={"held_out_loss": measured, "held_out_floor": floor, "noise_floor": run.train.floor(),
                           "loss_bound": bound, "claim_from": CLAIM_FROM})
    values = {"floor": floor, "count": HELD_OUT, "steps": run.steps, "needed": CLAIM_FROM}
    if not math.isfinite(measured):
        raise failed(variant="nan", step=run.steps, loss=repr(measured))
    if run.steps < CLAIM_FROM:
        raise not_claimed("steps", **values)
    if measured > bound:
        raise failed(measured, bound, **values)
    rise = first_rise(run.losses)
    if rise is not None:
        raise failed(*rise[1:], variant="rising", quarter=rise[0])
    return passed(measured, bound, **values)


def held_out_loss(run, training):
    weight = training.rows
    rows = run.torch.tensor(run.held_out.rows, dtype=weight.dtype, device=training.device)
    with run.torch.no_grad():
        guesses = [float(row[0]) for row in training.guess(rows).tolist()]
    return sum((g - p) ** 2 for g, p in zip(guesses, run.held_out.prices)) / len(guesses)


def rounding_loss(run, training):
    """The loss that half precision alone may cause: the mean square of what it may do to each guess."""
    rounding = run.rounding()
    if rounding.stored == 0.0:
        return 0.0  # far below the noise
    done = reference.Pass(layers_of(training.net), run.held_out.rows, run.held_out.prices, rounding)
    return sum(bound * bound for bound in done.guess_bounds) / HELD_OUT


def first_rise(losses):
    """(quarter, its mean loss, the most allowed) of the first quarter of the run that lies above the one before by
    more than the noise of that many houses explains."""
    length = len(losses) // 4
    means = [sum(losses[i * length:(i + 1) * length]) / length for i in range(4)]
    allowed = 1.0 + spread(min(TRAIN, length * BATCH))
    for index in range(3):
        if means[index + 1] > means[index] * allowed:
            return index + 2, means[index + 1], means[index] * allowed
    return None


def repeat(run):
    """The first steps once more from the same seed: the same losses, to the last bit."""
    count = min(AGAIN, run.steps)
    again = Training(run).first_losses(count)
    gap = max(abs(a - b) for a, b in zip(again, run.losses))
    first = next((i for i in range(count) if again[i] != run.losses[i]), None)
    if first is None:
        return passed(0.0, 0.0, count=count)
    if run.kind not in ("cpu", "cuda"):
        raise not_claimed("device", gap=gap)  # no promise of the same order of sums is known for it
    raise failed(gap, 0.0, step=first + 1)


def agreement(run):
    """The first steps on the CPU in float64: the losses part no further than rounding can drive them."""
    count = min(AGAIN, run.steps)
    exact = Training(run, "cpu", "float64").first_losses(count)
    shares = rounding_shares(run)
    shaken = [Training(run, "cpu", "float64").first_losses(count, Shaken(shares, run.seed + i)) for i in range(SHAKES)]
    gap, furthest = reference.Gap(), run.first.reference.loss_bound()
    for number in range(count):
        furthest = max([furthest, *(abs(way[number] - exact[number]) for way in shaken)])
        gap.take(run.losses[number], exact[number], MARGIN * furthest, number + 1)
    if not gap.sound():
        raise failed(gap.measured, gap.bound, step=gap.where, count=count)
    return passed(gap.measured, gap.bound, count=count)


def rounding_shares(run):
    """For each parameter tensor, the most that rounding may change of a gradient, relative to its largest value."""
    shares = []
    for wanted, bounds in zip(run.first.wanted, run.first.bounds):
        for values, most in ((flat([(wanted[0], [])]), flat([(bounds[0], [])])), (wanted[1], bounds[1])):
            largest = max(map(abs, values))
            shares.append(max(most) / largest if largest > 0.0 else 0.0)
    return shares


def state(training):
    """Every number of the training: parameters and the optimiser's memory."""
    numbers = [list(flat(layers_of(training.net)))]
    for kept in training.optimiser.state_dict()["state"].values():
        numbers.append([kept["momentum_buffer"].tolist()])
    return numbers


def checkpoint(run):
    """Saved, loaded into a fresh network and optimiser: every number is the same, and so is the next step."""
    torch, training = run.torch, run.trained
    path = os.path.join(run.folder, "checkpoint.pt")
    torch.save({"net": training.net.state_dict(), "optimiser": training.optimiser.state_dict()}, path)
    fresh = Training(run)
    if list(flat(layers_of(fresh.net))) == list(flat(layers_of(training.net))):
        raise failed(variant="same-start")
    kept = load(torch, path, run.device)
    fresh.net.load_state_dict(kept["net"])
    fresh.optimiser.load_state_dict(kept["optimiser"])
    values = {"mib": os.path.getsize(path) / 2.0 ** 20, "count": sum(p.numel() for p in fresh.net.parameters())}
    if state(fresh) != state(training):
        raise failed(variant="state", **values)
    if fresh.scaler is not None:
        fresh.scaler.load_state_dict(training.scaler.state_dict())
    number = run.steps // 2
    losses = [each.step(number) for each in (training, fresh)]
    gap = abs(losses[0] - losses[1])
    if losses[0] != losses[1]:
        raise failed(gap, 0.0, variant="loss", **values)
    if state(fresh) != state(training):
        raise failed(variant="step", **values)
    return passed(gap, 0.0, **values)


def load(torch, path, device):
    try:
        return torch.load(path, map_location=device, weights_only=True)
    except TypeError:  # an old torch
        return torch.load(path, map_location=device)


