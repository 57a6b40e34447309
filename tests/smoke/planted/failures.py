"""Faults that end in an error: of a worker of the data loader, of a library, of the process itself."""

from __future__ import annotations

import ctypes
import os
import signal
import time
from collections.abc import Callable
from typing import Any

from planting import Patch, after, fault

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
