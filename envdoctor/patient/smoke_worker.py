"""Trains a small network in the patient and proves each step. Standard library and torch only, Python 3.8 and up.

Arguments: the token, and the options as one JSON object. Each event is said when it happens, so that a crash in a
later step loses nothing. The process leaves with 0 when it came to its end, whatever the checks say.
"""

import json
import os
import sys
import time

HERE = os.path.realpath(os.path.dirname(os.path.abspath(__file__)))
# Ours stands last on the path: nothing of the user's is shadowed, and processes started by pickle still find it.
sys.path[:] = [each for each in sys.path if os.path.realpath(each or os.curdir) != HERE or not each] + [HERE]

import smoke_channel  # noqa: E402


def bring_in(channel):
    started = time.perf_counter()
    channel.say(begin="import")
    try:
        import torch
    except (SystemExit, KeyboardInterrupt):
        raise
    except BaseException as error:  # a panic in a Rust extension is no Exception
        channel.say(check="import", status="failed", variant="raised", values={"error": smoke_channel.error_text(error)},
                    trace=trace_of(error))
        channel.leave(0)
    if not hasattr(torch, "__version__") or not hasattr(torch, "nn"):
        where = smoke_channel.text(getattr(torch, "__file__", None) or "?")
        channel.say(check="import", status="failed", variant="not-torch", values={"path": where})
        channel.leave(0)
    seconds = time.perf_counter() - started
    channel.say(facts={"torch": str(torch.__version__), "python": sys.version.split()[0], "import_seconds": seconds,
                       "cuda": getattr(torch.version, "cuda", None)})
    channel.say(check="import", status="passed", measured=seconds, values={"version": str(torch.__version__)})
    return torch


def trace_of(error):
    import traceback

    rows = traceback.format_exception(type(error), error, error.__traceback__)
    return smoke_channel.text("".join(rows)[-4000:], 4000)


def checks(ranks=False):
    """(name, check) in the order they are done; each builds on those before it."""
    import smoke_checks
    import smoke_device
    import smoke_extras
    import smoke_ranks
    import smoke_speed
    import smoke_training

    alone = (
        ("device", smoke_device.device),
        ("memory", smoke_checks.device_memory),
        ("product", smoke_checks.product),
        ("forward", smoke_checks.forward),
        ("gradients", smoke_checks.gradients),
        ("differences", smoke_checks.differences),
        ("step", smoke_checks.step),
    )
    if ranks:
        return alone + (
            ("rendezvous", smoke_ranks.rendezvous),
            ("versions", smoke_ranks.versions),
            ("all-reduce", smoke_ranks.all_reduce),
            ("averaging", smoke_ranks.averaging),
            ("training", smoke_training.train),
            ("parameters", smoke_ranks.parameters),
            ("slowest", smoke_ranks.slowest),
        )
    return alone + (
        ("training", smoke_training.train),
        ("repeat", smoke_training.repeat),
        ("agreement", smoke_training.agreement),
        ("checkpoint", smoke_training.checkpoint),
        ("loader", smoke_extras.loader),
        ("mixed-precision", smoke_extras.mixed_precision),
        ("convolution", smoke_extras.convolution),
        ("compile", smoke_extras.compiled),
        ("speed", smoke_speed.speed),
    )


def done(run, name, check):
    """Do one check and say how it went; False when the run ends with it."""
    from smoke_net import Outcome

    channel = run.channel
    channel.say(begin=name)
    started = time.perf_counter()
    trace = None
    try:
        fields = check(run)
    except Outcome as outcome:
        fields = outcome.fields
    except (SystemExit, KeyboardInterrupt):
        raise
    except BaseException as error:
        trace = trace_of(error)
        fields = {"status": "failed", "variant": "raised", "values": {"error": smoke_channel.error_text(error)}}
    seconds = time.perf_counter() - started
    channel.say(check=name, seconds=seconds, **fields, **({"trace": trace} if trace else {}))
    return fields["status"] != "failed"


def work(run):
    """Every check up to the first that fails."""
    import smoke_device

    sound = all(done(run, name, check) for name, check in checks(bool(run.options.get("ranks"))))
    run.channel.say(facts=smoke_device.memory_used(run))
    return sound


def main():
    token, options = sys.argv[1], json.loads(sys.argv[2])
    del sys.argv[1:]  # what is imported below has no use for either
    if options.get("ranks"):
        channel = smoke_channel.Channel(token, int(os.environ["RANK"]), os.environ["LOCAL_RANK"] == "0")
        smoke_channel.die_with_parent()
        channel.say(facts={"local": int(os.environ["LOCAL_WORLD_SIZE"])})
    else:
        channel = smoke_channel.Channel(token)
    smoke_channel.leave_no_trace(options["limit"])
    torch = bring_in(channel)
    from smoke_net import Run

    sound = work(Run(torch, options, channel))
    # A rank that failed ends with an error, so that torchrun ends the others.
    channel.leave(0 if sound or not options.get("ranks") else 1)


if __name__ == "__main__":
    main()
