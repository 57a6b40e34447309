"""The network, its training and how a device rounds, in torch. Python 3.8 and up, torch 1.13 and up."""

import contextlib
import os
import random

import smoke_houses
from smoke_reference import UNIT, Rounding

HIDDEN = 16
RATE, MOMENTUM = 0.05, 0.9


class Outcome(Exception):
    """A check that ends early; `fields` is what is told of it."""

    def __init__(self, status, variant="", measured=None, bound=None, **values):
        super().__init__(status)
        self.fields = {"status": status, "variant": variant, "measured": measured, "bound": bound, "values": values}


def passed(measured=None, bound=None, variant="", **values):
    return Outcome("passed", variant, measured, bound, **values).fields


def failed(measured=None, bound=None, variant="", **values):
    return Outcome("failed", variant, measured, bound, **values)


def not_claimed(variant, **values):
    return Outcome("not-claimed", variant, **values)


class Run:
    """One smoke run: torch, the device, what was asked for, and what earlier checks left for later ones."""

    def __init__(self, torch, options, channel):
        self.torch, self.options, self.channel = torch, options, channel
        self.seed, self.steps = int(options["seed"]), int(options["steps"])
        self.dtype = options["dtype"]
        self.folder = options["folder"]
        self.device = "cpu"
        self.train = smoke_houses.Houses(smoke_houses.TRAIN, self.seed)
        self.held_out = smoke_houses.Houses(smoke_houses.HELD_OUT, self.seed + 1000003)
        self.batches = smoke_houses.batches(self.steps, self.seed)
        self.losses = []
        self.trained = None
        self.wrap = None

    @property
    def kind(self):
        return self.device.split(":")[0]

    def rounding(self):
        return rounding_of(self.torch, self.device, self.dtype)

    def synchronize(self):
        back_end = getattr(self.torch, self.kind, None)
        if self.kind != "cpu" and hasattr(back_end, "synchronize"):
            back_end.synchronize()


def rounding_of(torch, device, dtype):
    """How products on this device round in this dtype; half precisions mean mixed precision."""
    kind = device.split(":")[0]
    single = UNIT["float32"] * (4.0 if kind == "mps" else 1.0)  # Metal may compute with fast, looser arithmetic
    if dtype == "float64":
        return Rounding(0.0, 2.0 * UNIT["float64"], 0.0)
    if dtype in ("bfloat16", "float16"):
        # A GPU's library may add partial sums in the half precision too.
        return Rounding(UNIT[dtype] * (1.0 if kind == "cpu" else 2.0), single, UNIT[dtype])
    return Rounding(product_cut(torch, kind), single, 0.0)


def product_cut(torch, kind):
    """The unit to which float32 inputs of a product are cut on this device, 0.0 where they are not."""
    if kind == "cuda":
        forced = os.environ.get("NVIDIA_TF32_OVERRIDE")
        if forced == "0":
            return 0.0
        return UNIT["tfloat32"] if forced == "1" or asks_less(torch, "cuda") else 0.0
    if kind == "mps":
        return 0.0
    return UNIT["bfloat16"] if asks_less(torch, "mkldnn") else 0.0


def asks_less(torch, back_end):
    """Whether torch is set to trade the precision of float32 products for speed."""
    with contextlib.suppress(Exception):
        if torch.get_float32_matmul_precision() != "highest":
            return True
    with contextlib.suppress(Exception):
        said = getattr(torch.backends, back_end).matmul.fp32_precision
        if said not in ("ieee", "none"):
            return True
    with contextlib.suppress(Exception):
        return bool(torch.backends.cuda.matmul.allow_tf32) if back_end == "cuda" else False
    return False


def network(torch, seed, device, dtype="float32"):
    """3 features → 16 → 16 → 1 price, the same start on every device. Half precisions keep float32 weights."""
    torch.manual_seed(seed)
    nn = torch.nn
    net = nn.Sequential(nn.Linear(3, HIDDEN), nn.ReLU(), nn.Linear(HIDDEN, HIDDEN), nn.ReLU(), nn.Linear(HIDDEN, 1))
    return net.to(device=device, dtype=torch.float64 if dtype == "float64" else torch.float32)


def linear_layers(net):
    return [layer for layer in net if hasattr(layer, "weight")]


def layers_of(net):
    """Weights and biases as the reference takes them."""
    return [(layer.weight.tolist(), layer.bias.tolist()) for layer in linear_layers(net)]


def gradients_of(net):
    return [(layer.weight.grad.tolist(), layer.bias.grad.tolist()) for layer in linear_layers(net)]


def column(torch, values, like):
    return torch.tensor([[value] for value in values], dtype=like.dtype, device=like.device)


class Training:
    """A network, its optimiser and its batches on one device."""

    def __init__(self, run, device=None, dtype=None, wrap=None):
        torch = run.torch
        self.torch, self.run = torch, run
        self.device, self.dtype = device or run.device, dtype or run.dtype
        self.net = network(torch, run.seed, self.device, self.dtype)
        wrap = wrap if wrap is not None else (run.wrap if device is None else None)
        self.model = wrap(self.net) if wrap else self.net
        self.optimiser = torch.optim.SGD(self.net.parameters(), lr=RATE, momentum=MOMENTUM)
        weight = linear_layers(self.net)[0].weight
        self.rows = torch.tensor(run.train.rows, dtype=weight.dtype, device=self.device)
        self.prices = column(torch, run.train.prices, weight)
        self.scaler = None
        if self.dtype == "float16" and self.device.startswith("cuda"):
            self.scaler = torch.cuda.amp.GradScaler() if not hasattr(torch.amp, "GradScaler") else torch.amp.GradScaler("cuda")

    def cast(self):
        """The precision that products are computed in."""
        if self.dtype not in ("bfloat16", "float16"):
            return contextlib.nullcontext()
        return self.torch.autocast(self.device.split(":")[0], dtype=getattr(self.torch, self.dtype))

    def guess(self, rows):
        with self.cast():
            return self.model(rows)

    def loss(self, picked):
        guesses = self.guess(self.rows[picked])
        return self.torch.nn.functional.mse_loss(guesses.to(self.prices.dtype), self.prices[picked])

    def step(self, number, alter=None):
        """One step of training on batch `number`; the loss before it. The rate falls to zero over the run."""
        picked = self.torch.tensor(self.run.batches[number], device=self.device)
        self.optimiser.param_groups[0]["lr"] = rate(number, self.run.steps)
        self.optimiser.zero_grad()
        loss = self.loss(picked)
        if self.scaler is None:
            loss.backward()
            if alter is not None:
                alter(self.net)
            self.optimiser.step()
        else:
            self.scaler.scale(loss).backward()
            self.scaler.step(self.optimiser)
            self.scaler.update()
        return loss.item()

    def first_losses(self, count, alter=None):
        return [self.step(number, alter) for number in range(count)]


def rate(number, steps):
    return RATE * (1.0 - number / steps)


class Shaken:
    """Moves every gradient by a random sign times a share of the largest in its tensor: what rounding may do."""

    def __init__(self, shares, seed):
        self.shares, self.dice = shares, random.Random(seed)

    def __call__(self, net):
        for share, parameter in zip(self.shares, net.parameters()):
            grad = parameter.grad
            signs = [self.dice.choice((-1.0, 1.0)) for _ in range(grad.numel())]
            shift = grad.new_tensor(signs).reshape(grad.shape)
            grad.add_(shift, alpha=share * float(grad.abs().max()))
