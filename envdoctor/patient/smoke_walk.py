"""The numbers of this run's first step, for the walk-through of `--explain`. Python 3.8 and up."""

from smoke_checks import flat
from smoke_net import RATE

SHOWN = 3
"""Houses that are shown one by one."""


def first_step(run, after, loss_after):
    """What a reader needs to work the first step out by hand; `after` are the layers after it."""
    first = run.first
    done = first.reference
    last = len(first.layers) - 1
    slopes = first.wanted[last][0][0]
    column = max(range(len(slopes)), key=lambda j: abs(slopes[j]))
    hidden = [row[column] for row in done.inputs[last]]
    house = max(range(SHOWN), key=lambda i: abs(done.errors[i]))
    # A unit that ReLU silences shows better what it does.
    unit = next((k for k, value in enumerate(done.sums[0][house]) if value < 0.0), 0)
    return {
        "houses": [{"raw": run.train.raw[i], "price": run.train.raw_prices[i], "scaled": first.rows[k],
                    "answer": first.prices[k], "guess": done.guesses[k], "error": done.errors[k], "hidden": hidden[k]}
                   for k, i in enumerate(first.picked[:SHOWN])],
        "house": house,
        "batch": len(first.rows),
        "shapes": [[len(weight), len(weight[0])] for weight, _ in first.layers],
        "unit": unit, "sum": done.sums[0][house][unit],
        "weight": first.layers[0][0][unit], "bias": first.layers[0][1][unit],
        "column": column, "old": first.layers[last][0][0][column],
        "new": after[last][0][0][column],
        "slope": slopes[column], "autograd": first.found[last][0][0][column],
        "rate": RATE, "loss": done.loss, "loss_after": loss_after,
        "steepness": sum(slope * slope for slope in flat(first.wanted)),
        "parameters": sum(1 for _ in flat(first.layers)),
    }
