"""The network of the smoke run worked out in Python's own floats (float64), with bounds on what rounding may do.

Standard library only, Python 3.8 and up. Nothing here asks torch anything, so a torch that computes wrong
numbers can't hide behind a reference that is wrong in the same way.

A layer is `(weight, bias)`: `weight` is a list of rows, one an output. All layers but the last end in ReLU.
Bounds follow the standard model of rounding: a sum of k products, computed with unit roundoff u, differs from the
exact one by at most k·u/(1 - k·u) times the sum of the products' magnitudes, in whatever order it is added up.
"""


class Rounding:
    """How a device rounds: `inputs` of products (TF32 and half precisions cut them), `sums` of products
    as they are added up, `stored` results. Each is a unit roundoff, half the distance from 1 to the next number."""

    def __init__(self, inputs, sums, stored):
        self.inputs, self.sums, self.stored = inputs, sums, stored

    def products(self, count):
        """The most by which a sum of `count` products may differ, relative to the sum of their magnitudes."""
        k = count * self.sums
        return (k / (1.0 - k) if k < 0.5 else 1.0) + 2.0 * self.inputs + self.inputs ** 2


UNIT = {"float64": 2.0 ** -53, "float32": 2.0 ** -24, "tfloat32": 2.0 ** -11, "bfloat16": 2.0 ** -8,
        "float16": 2.0 ** -11}


def dot(left, right):
    return sum([a * b for a, b in zip(left, right)])


def size(rows):
    return [[abs(x) for x in row] for row in rows]


def turned(rows):
    return [list(column) for column in zip(*rows)]


def widened(magnitude, carried, share, stored, value):
    """The bound of one sum of products: what its terms carried, what adding up rounds, what storing rounds."""
    off = share * magnitude + (1.0 + share) * carried
    return off + stored * (abs(value) + off)


class Pass:
    """One batch through the network: values, their bounds, and by `backward` the gradients with theirs."""

    def __init__(self, layers, rows, prices, rounding):
        self.layers, self.prices, self.rounding = layers, prices, rounding
        self.inputs = [rows]
        """What goes into each layer; the first is the batch itself."""
        self.input_bounds = [[[abs(x) * rounding.stored for x in row] for row in rows]]
        self.sums, self.sum_bounds = [], []
        for index, (weight, bias) in enumerate(layers):
            self._forward(weight, bias, last=index == len(layers) - 1)
        self.guesses = [row[0] for row in self.sums[-1]]
        self.guess_bounds = [row[0] for row in self.sum_bounds[-1]]
        self.errors = [guess - price for guess, price in zip(self.guesses, prices)]
        self.loss = sum([each * each for each in self.errors]) / len(prices)

    def _forward(self, weight, bias, last):
        rows, bounds = self.inputs[-1], self.input_bounds[-1]
        share = self.rounding.products(len(weight[0]) + 1)
        stored = self.rounding.stored
        heavy = size(weight)
        sums, sum_bounds = [], []
        for row, bound in zip(rows, bounds):
            z = [dot(row, w) + b for w, b in zip(weight, bias)]
            row = [abs(x) for x in row]
            sums.append(z)
            sum_bounds.append([widened(dot(row, w) + abs(b), dot(bound, w), share, stored, value)
                               for w, b, value in zip(heavy, bias, z)])
        self.sums.append(sums)
        self.sum_bounds.append(sum_bounds)
        if not last:
            self.inputs.append([[max(0.0, value) for value in row] for row in sums])
            self.input_bounds.append(sum_bounds)

    def loss_bound(self):
        """The most by which a loss computed in this rounding may differ."""
        unit = self.rounding.sums
        off = [bound + 2.0 * unit * (abs(guess) + abs(price))
               for guess, bound, price in zip(self.guesses, self.guess_bounds, self.prices)]
        each = [2.0 * abs(error) * o + o * o for error, o in zip(self.errors, off)]
        return sum(each) / len(each) + (len(each) + 2) * unit * self.loss

    def backward(self):
        """The chain rule, written out, from the loss to every parameter.

        Returns (gradients, bounds), each a list of (weight, bias) as the layers are.
        """
        count = len(self.prices)
        unit = self.rounding.stored + self.rounding.sums
        delta = [[2.0 * error / count] for error in self.errors]
        delta_bounds = [[2.0 * (bound + 3.0 * unit * (abs(guess) + abs(price))) / count]
                        for bound, guess, price in zip(self.guess_bounds, self.guesses, self.prices)]
        gradients, bounds = [], []
        for index in range(len(self.layers) - 1, -1, -1):
            gradient, bound = self._of_layer(index, delta, delta_bounds)
            gradients.insert(0, gradient)
            bounds.insert(0, bound)
            if index:
                delta, delta_bounds = self._below(index, delta, delta_bounds)
        return gradients, bounds

    def _of_layer(self, index, delta, delta_bounds):
        share, stored = self.rounding.products(len(delta)), self.rounding.stored
        columns, column_bounds = turned(self.inputs[index]), turned(self.input_bounds[index])
        flat = size(columns)
        weight, weight_bounds, bias, bias_bounds = [], [], [], []
        for slope, slope_bound in zip(turned(delta), turned(delta_bounds)):
            steep = [abs(x) for x in slope]
            weight.append([dot(slope, column) for column in columns])
            weight_bounds.append([
                widened(dot(steep, column), dot(slope_bound, column) + dot(steep, bound) + dot(slope_bound, bound),
                        share, stored, value)
                for column, bound, value in zip(flat, column_bounds, weight[-1])])
            bias.append(sum(slope))
            bias_bounds.append(widened(sum(steep), sum(slope_bound), share, stored, bias[-1]))
        return (weight, bias), (weight_bounds, bias_bounds)

    def _below(self, index, delta, delta_bounds):
        """The slope of the loss in the sums of the layer below: through the weights, then through ReLU."""
        share, stored = self.rounding.products(len(delta[0])), self.rounding.stored
        columns = turned(self.layers[index][0])
        heavy = size(columns)
        below, below_bounds = [], []
        for row, bound, sums, sum_bounds in zip(delta, delta_bounds, self.sums[index - 1], self.sum_bounds[index - 1]):
            steep = [abs(x) for x in row]
            slope = [dot(row, column) for column in columns]
            off = [widened(dot(steep, column), dot(bound, column), share, stored, value)
                   for column, value in zip(heavy, slope)]
            below.append([s if z > 0.0 else 0.0 for s, z in zip(slope, sums)])
            # Where rounding may move a sum across zero, the whole slope may come or go.
            below_bounds.append([o + abs(s) if abs(z) <= b else (o if z > 0.0 else 0.0)
                                 for s, o, z, b in zip(slope, off, sums, sum_bounds)])
        return below, below_bounds


def difference_quotient(layers, rows, prices, place):
    """(slope, bound): the loss's slope in one parameter from two losses, and what float64 may do to it.

    `place` is (layer, row, column), column `None` for a bias. In a single parameter the loss is a parabola as long
    as no sum changes its sign, and on a parabola the central quotient is exact; the step is halved until none does.
    """
    exact = Rounding(UNIT["float64"], UNIT["float64"], UNIT["float64"])
    step = 2.0 ** -6
    for _ in range(30):
        up, down = (Pass(moved(layers, place, s), rows, prices, exact) for s in (step, -step))
        if signs(up) == signs(down):
            bound = (up.loss_bound() + down.loss_bound()) / (2.0 * step)
            return (up.loss - down.loss) / (2.0 * step), bound
        step /= 2.0
    return None


def moved(layers, place, step):
    index, row, column = place
    weight, bias = layers[index]
    weight, bias = [list(each) for each in weight], list(bias)
    if column is None:
        bias[row] += step
    else:
        weight[row][column] += step
    return layers[:index] + [(weight, bias)] + layers[index + 1:]


def signs(done):
    return [[value > 0.0 for value in row] for sums in done.sums[:-1] for row in sums]


class Gap:
    """The value of many that lies worst in its bound."""

    def __init__(self):
        self.measured, self.bound, self.where, self.worst = 0.0, 0.0, None, -1.0

    def take(self, found, wanted, bound, where=None):
        off = abs(found - wanted)
        share = off / bound if bound > 0.0 else (0.0 if off == 0.0 else float("inf"))
        if not off == off or share > self.worst:  # a NaN is worse than anything
            self.worst = share if off == off else float("inf")
            self.measured, self.bound, self.where = off, bound, where

    def take_rows(self, found, wanted, bounds, where=None):
        for f, w, b in zip(found, wanted, bounds):
            if isinstance(f, (list, tuple)):
                self.take_rows(f, w, b, where)
            else:
                self.take(f, w, b, where)

    def sound(self):
        return self.worst <= 1.0
