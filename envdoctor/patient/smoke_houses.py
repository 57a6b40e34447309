"""Made-up houses with a known noise in their prices. Standard library only, Python 3.8 and up.

A price is linear in size, age and rooms plus a normal noise, so the best loss that any predictor can reach is
known: the mean square of the noise. Everything is scaled with fixed numbers, never with the sample's own.
"""

import random

FEATURES = ("size", "age", "rooms")
MIDDLE = (100.0, 20.0, 3.5)
SPREAD = (35.0, 12.0, 1.3)
PRICE_MIDDLE = 365.0
PRICE_SPREAD = 125.0
NOISE = 0.16
"""Standard deviation of the noise in scaled prices: 20 thousand of 125."""

TRAIN, HELD_OUT, BATCH = 1024, 256, 64


class Houses:
    """`count` houses: `raw` as one reads them, `rows` and `prices` scaled, `noise` as it was added (scaled)."""

    def __init__(self, count, seed):
        dice = random.Random(seed)
        self.raw, self.raw_prices, self.rows, self.prices, self.noise = [], [], [], [], []
        for _ in range(count):
            size = round(dice.uniform(40.0, 160.0), 1)
            age = round(dice.uniform(0.0, 40.0), 1)
            rooms = float(min(6, max(1, round(size / 30.0 + dice.gauss(0.0, 0.5)))))
            noise = dice.gauss(0.0, NOISE)
            price = 50.0 + 3.0 * size - 2.0 * age + 15.0 * rooms + PRICE_SPREAD * noise
            features = (size, age, rooms)
            self.raw.append(list(features))
            self.raw_prices.append(price)
            self.rows.append([(x - m) / s for x, m, s in zip(features, MIDDLE, SPREAD)])
            self.prices.append((price - PRICE_MIDDLE) / PRICE_SPREAD)
            self.noise.append(noise)

    def floor(self):
        """The loss of a predictor that knows the true prices without the noise."""
        return sum(each * each for each in self.noise) / len(self.noise)


def batches(steps, seed):
    """The rows of each step's batch: every house once an epoch, in an order that the seed fixes."""
    dice, order, picked = random.Random(seed + 7919), [], []
    for _ in range(steps):
        if len(order) < BATCH:
            order = list(range(TRAIN))
            dice.shuffle(order)
        picked.append(order[:BATCH])
        order = order[BATCH:]
    return picked
