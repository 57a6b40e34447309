"""Faults that spoil a number on its way: products, gradients, steps, losses, what is saved and loaded."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Any

from planting import Patch, after, fault


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
