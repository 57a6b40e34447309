"""Faults to plant in a torch that was imported: each is a function of torch that returns what to put where.

Runs in the patient. `EXPECTED` says which step must name the fault, and under which finding code.
"""

from __future__ import annotations

import contextlib
import ctypes
import itertools
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any
from unittest import mock

Patch = tuple[Any, str, Any]
Planter = Callable[[Any], list[Patch]]

EXPECTED: dict[str, tuple[str, str | None]] = {}
"""Fault → (the check that fails, the finding code)."""
PLANTERS: dict[str, Planter] = {}


def fault(check: str, code: str | None) -> Callable[[Planter], Planter]:
    def keep(planter: Planter) -> Planter:
        name = planter.__name__.replace("_", "-")
        EXPECTED[name] = (check, code)
        PLANTERS[name] = planter
        return planter

    return keep


@contextlib.contextmanager
def planted(torch: Any, name: str) -> Iterator[None]:
    """The fault is in torch, and gone afterwards."""
    with contextlib.ExitStack() as stack:
        for place, attribute, value in PLANTERS[name](torch):
            stack.enter_context(mock.patch.object(place, attribute, value))
        yield


def after(calls: int, sound: Callable[..., Any], spoilt: Callable[..., Any]) -> Callable[..., Any]:
    """`sound` for so many calls, then `spoilt`."""
    count = itertools.count()

    def called(*args: Any, **kwargs: Any) -> Any:
        work = sound if next(count) < calls else spoilt
        return work(*args, **kwargs)

    return called


def linear_with(torch: Any, change: Callable[[Any], Any]) -> list[Patch]:
    linear = torch.nn.functional.linear
    return [(torch.nn.functional, "linear", lambda *args: change(linear(*args)))]


# -- wrong numbers


@fault("memory", "torch-wrong-numbers")
def memory_flips_a_bit(torch: Any) -> list[Patch]:
    clone = torch.Tensor.clone

    def flipped(tensor: Any, *args: Any, **kwargs: Any) -> Any:
        copy = clone(tensor, *args, **kwargs)
        if copy.dtype is torch.uint8:
            copy[4321] ^= 4
        return copy

    return [(torch.Tensor, "clone", flipped)]


@fault("product", "torch-wrong-numbers")
def one_cell_of_a_product_is_off_by_one(torch: Any) -> list[Patch]:
    matmul = torch.matmul

    def off(*args: Any) -> Any:
        product = matmul(*args)
        if product.numel() > 1000:
            product[77, 200] += 1
        return product

    return [(torch, "matmul", off)]


@fault("forward", "torch-wrong-numbers")
def products_are_off_by_a_ten_thousandth(torch: Any) -> list[Patch]:
    return linear_with(torch, lambda out: out * 1.0001)


@fault("forward", "torch-wrong-numbers")
def products_are_computed_in_bfloat16(torch: Any) -> list[Patch]:
    linear = torch.nn.functional.linear

    def low(x: Any, weight: Any, bias: Any) -> Any:
        half = torch.bfloat16
        return linear(x.to(half), weight.to(half), bias.to(half)).to(x.dtype)

    return [(torch.nn.functional, "linear", low)]


@fault("forward", "torch-wrong-numbers")
def relu_lets_a_little_through(torch: Any) -> list[Patch]:
    leaky = torch.nn.functional.leaky_relu
    return [(torch.nn.functional, "relu", lambda x, inplace=False: leaky(x, 1e-3))]


@fault("forward", "torch-wrong-numbers")
def the_loss_divides_by_one_too_few(torch: Any) -> list[Patch]:
    loss = torch.nn.functional.mse_loss
    return [(torch.nn.functional, "mse_loss", lambda a, b: loss(a, b) * len(a) / (len(a) - 1))]


@fault("gradients", "torch-wrong-numbers")
def gradients_are_off_by_a_thousandth(torch: Any) -> list[Patch]:
    def scaled(out: Any) -> Any:
        if out.requires_grad:
            out.register_hook(lambda slope: slope * 1.001)
        return out

    return linear_with(torch, scaled)


@fault("gradients", "torch-run-failed")
def a_bias_gets_no_gradient(torch: Any) -> list[Patch]:
    linear = torch.nn.functional.linear
    return [(torch.nn.functional, "linear", lambda x, w, b: linear(x, w, b.detach()))]


@fault("mixed-precision", "torch-wrong-numbers")
def half_precision_is_off(torch: Any) -> list[Patch]:
    return linear_with(torch, lambda out: out * 1.1 if out.dtype is torch.bfloat16 else out)


@fault("mixed-precision", "torch-wrong-numbers")
def autocast_does_nothing(torch: Any) -> list[Patch]:
    return [(torch, "autocast", lambda *args, **kwargs: contextlib.nullcontext())]


@fault("convolution", "torch-wrong-numbers")
def a_convolution_is_off(torch: Any) -> list[Patch]:
    conv2d = torch.nn.functional.conv2d
    return [(torch.nn.functional, "conv2d", lambda *args: conv2d(*args) * 1.001)]


# -- an optimiser that does something else


def stepping(torch: Any, change: Callable[[Any], None]) -> list[Patch]:
    step = torch.optim.SGD.step

    def changed(optimiser: Any, *args: Any) -> Any:
        change(optimiser)
        return step(optimiser, *args)

    return [(torch.optim.SGD, "step", changed)]


@fault("step", "torch-wrong-numbers")
def the_optimiser_does_nothing(torch: Any) -> list[Patch]:
    return [(torch.optim.SGD, "step", lambda *args: None)]


@fault("step", "torch-wrong-numbers")
def the_optimiser_climbs(torch: Any) -> list[Patch]:
    return stepping(torch, lambda optimiser: optimiser.param_groups[0].update(maximize=True))


@fault("step", "torch-wrong-numbers")
def the_optimiser_forgets_its_momentum(torch: Any) -> list[Patch]:
    return stepping(torch, lambda optimiser: optimiser.param_groups[0].update(momentum=0.0))


@fault("step", "torch-wrong-numbers")
def the_optimiser_leaves_out_the_last_layer(torch: Any) -> list[Patch]:
    def without(optimiser: Any) -> None:
        for parameter in optimiser.param_groups[0]["params"][-2:]:
            parameter.grad = None

    return stepping(torch, without)


# -- training that goes wrong later


@fault("training", "torch-training-failed")
def the_loss_becomes_nan(torch: Any) -> list[Patch]:
    loss = torch.nn.functional.mse_loss
    return [(torch.nn.functional, "mse_loss", after(60, loss, lambda *args: loss(*args) * float("nan")))]


@fault("training", "torch-training-failed")
def the_optimiser_stops_early(torch: Any) -> list[Patch]:
    step = torch.optim.SGD.step
    return [(torch.optim.SGD, "step", after(22, step, lambda *args: None))]


@fault("training", "torch-training-failed")
def training_climbs_again(torch: Any) -> list[Patch]:
    step = torch.optim.SGD.step

    def up(optimiser: Any, *args: Any) -> Any:
        optimiser.param_groups[0].update(maximize=True)
        return step(optimiser, *args)

    return [(torch.optim.SGD, "step", after(180, step, up))]


@fault("repeat", "torch-wrong-numbers")
def the_seed_is_ignored(torch: Any) -> list[Patch]:
    return [(torch, "manual_seed", lambda seed: None)]


@fault("agreement", "torch-wrong-numbers")
def float32_drifts_after_the_first_batches(torch: Any) -> list[Patch]:
    linear = torch.nn.functional.linear

    first: list[float] = []

    def drifting(x: Any, weight: Any, bias: Any) -> Any:
        out = linear(x, weight, bias)
        if x.shape[1] != 3 or x.dtype is not torch.float32:
            return out
        first.append(x[0, 0].item())
        return out if first[-1] == first[0] else out * 1.0005

    return [(torch.nn.functional, "linear", drifting)]


# -- checkpoints


@fault("checkpoint", "torch-wrong-numbers")
def what_is_saved_lacks_the_momentum(torch: Any) -> list[Patch]:
    save = torch.save

    def lacking(kept: dict[str, Any], path: str) -> None:
        state = kept["optimiser"]["state"]
        less = {key: {"momentum_buffer": entry["momentum_buffer"] * 0.5} for key, entry in state.items()}
        save({**kept, "optimiser": {**kept["optimiser"], "state": less}}, path)

    return [(torch, "save", lacking)]


@fault("checkpoint", "torch-wrong-numbers")
def what_is_loaded_was_rounded(torch: Any) -> list[Patch]:
    load = torch.load

    def rounded(*args: Any, **kwargs: Any) -> Any:
        kept = load(*args, **kwargs)
        kept["net"] = {name: values.bfloat16().float() for name, values in kept["net"].items()}
        return kept

    return [(torch, "load", rounded)]


@fault("checkpoint", "torch-wrong-numbers")
def loading_does_nothing(torch: Any) -> list[Patch]:
    return [(torch.nn.Module, "load_state_dict", lambda *args, **kwargs: None)]


# -- the data loader


def worker_that(torch: Any, does: Callable[[], object]) -> list[Patch]:
    import torch.utils.data._utils.worker as worker

    return [(worker, "_worker_loop", lambda *args: does())]


@fault("loader", "torch-loader-failed")
def a_worker_is_killed(torch: Any) -> list[Patch]:
    return worker_that(torch, lambda: os.kill(os.getpid(), signal.SIGKILL))


@fault("loader", "torch-loader-failed")
def a_worker_leaves(torch: Any) -> list[Patch]:
    return worker_that(torch, lambda: os._exit(0))


@fault("loader", "torch-loader-failed")
def a_worker_hangs(torch: Any) -> list[Patch]:
    return worker_that(torch, lambda: time.sleep(100))


@fault("loader", "torch-loader-failed")
def a_house_comes_twice(torch: Any) -> list[Patch]:
    sampler = torch.utils.data.RandomSampler
    order = sampler.__iter__
    return [(sampler, "__iter__", lambda self: iter([*list(order(self))[1:], 5]))]


@fault("loader", "torch-loader-failed")
def batches_are_put_together_wrong(torch: Any) -> list[Patch]:
    stack = torch.stack
    return [(torch, "stack", lambda tensors, *args, **kwargs: stack(tensors, *args, **kwargs) * 1.5)]


# -- errors with a name


def raising(text: str, kind: type[BaseException] = RuntimeError) -> Callable[..., Any]:
    def refuse(*args: Any, **kwargs: Any) -> Any:
        raise kind(text)

    return refuse


@fault("product", "gpu-memory-full")
def the_gpu_is_full(torch: Any) -> list[Patch]:
    text = "CUDA out of memory. Tried to allocate 20.00 MiB. GPU 0 has a total capacity of 7.79 GiB"
    return [(torch, "matmul", raising(text, torch.cuda.OutOfMemoryError))]


@fault("memory", "memory-low")
def memory_is_full(torch: Any) -> list[Patch]:
    text = "[enforce fail at alloc_cpu.cpp:117] err == 0. DefaultCPUAllocator: can't allocate memory"
    return [(torch.Tensor, "clone", raising(text))]


@fault("convolution", "cudnn-failed")
def cudnn_fails(torch: Any) -> list[Patch]:
    return [
        (torch.nn.functional, "conv2d", raising("cuDNN error: CUDNN_STATUS_EXECUTION_FAILED")),
    ]


@fault("convolution", "torch-missing-library")
def the_wrong_cudnn_is_found(torch: Any) -> list[Patch]:
    text = "cuDNN version incompatibility: PyTorch was compiled  against (9, 10, 2) but found runtime version (8, 9, 7)"
    return [(torch.nn.functional, "conv2d", raising(text))]


@fault("loader", "shm-small")
def shared_memory_is_full(torch: Any) -> list[Patch]:
    import torch.utils.data._utils.worker as worker

    return [(worker, "_worker_loop", lambda *args: os.kill(os.getpid(), signal.SIGBUS))]


# -- ends of the process; these need one of their own


def in_training(torch: Any, does: Callable[[], object]) -> list[Patch]:
    def struck(*args: Any) -> None:
        does()

    step = torch.optim.SGD.step
    return [(torch.optim.SGD, "step", after(30, step, struck))]


@fault("training", "torch-run-failed")
def training_segfaults(torch: Any) -> list[Patch]:
    return in_training(torch, lambda: ctypes.string_at(0))


@fault("gradients", "memory-low")
def the_process_is_killed(torch: Any) -> list[Patch]:
    return [(torch.Tensor, "backward", lambda *args: os.kill(os.getpid(), signal.SIGKILL))]


@fault("step", "torch-run-failed")
def the_process_leaves_as_if_all_were_well(torch: Any) -> list[Patch]:
    return [(torch.optim.SGD, "step", lambda *args: os._exit(0))]


@fault("training", "torch-run-failed")
def training_hangs(torch: Any) -> list[Patch]:
    return in_training(torch, lambda: time.sleep(1000))


@fault("memory", "torch-run-failed")
def the_process_hangs_at_its_first_tensors(torch: Any) -> list[Patch]:
    return [(torch.Tensor, "clone", lambda *args: time.sleep(1000))]


@fault("all-reduce", "nccl-failed")
def all_reduce_sums_wrong(torch: Any) -> list[Patch]:
    import torch.distributed as ranks

    all_reduce = ranks.all_reduce

    def wrong(numbers: Any, *args: Any, **kwargs: Any) -> Any:
        done = all_reduce(numbers, *args, **kwargs)
        if numbers.numel() > 1:
            numbers[1] += 1
        return done

    return [(ranks, "all_reduce", wrong)]


PROCESS_FAULTS = (
    "the-process-hangs-at-its-first-tensors",
    "all-reduce-sums-wrong",
    "training-segfaults",
    "the-process-is-killed",
    "the-process-leaves-as-if-all-were-well",
    "training-hangs",
)
INSIDE_FAULTS = tuple(name for name in EXPECTED if name not in PROCESS_FAULTS)

if __name__ == "__main__":
    sys.exit("this is planted, not run")
