# %% [markdown]
# # What sharing saves
#
# *Convolution, tiled, locally connected, dense: does it matter which one you take?* The four layers
# differ in who is connected to whom, and in which weight sits on a connection.
# [Why convolve](../benefits.md) counts their weights on paper. Here all four learn to read the same
# digits.
#
# Then the digits move by a single pixel, which no one told the networks about.
#
# The digits of scikit-learn get a frame of blank pixels, one wide. So they can move by one pixel to
# any side, and nothing is lost. Five hundred are put aside for the test, by a fixed seed, and
# nothing was chosen by looking at them.

# %% caption="A test digit in its frame, and moved by one pixel to each side."
import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_digits

from cnnref import pad
from cnnref.figures.training import gallery

digits = load_digits()
x = pad(digits.images, [0, 1, 1])[:, np.newaxis] / digits.images.max()
labels = digits.target
order = np.random.default_rng(0).permutation(len(x))
train, test = order[:-500], order[-500:]
print(f"{len(train):,} to learn from, {len(test)} to be judged by")

moves = {
    "stays": (0, 0),
    "up": (-1, 0),
    "down": (1, 0),
    "left": (0, -1),
    "right": (0, 1),
}
moved = {}
for name, move in moves.items():
    moved[name] = np.roll(x[test], move, axis=(2, 3))
    assert moved[name].sum() == x[test].sum()  # nothing was lost
gallery(
    [images[0, 0] for images in moved.values()],
    5,
    "One handwritten digit in a blank frame, moved by one pixel",
    titles=list(moves),
)
plt.show()

# %% [markdown]
# ## Four layers
#
# Each makes eight channels of eight by eight out of the picture. After it come a rectifier and a
# dense layer with ten scores, the same for all.
#
# - **dense**: every output reads every pixel, with a weight of its own.
# - **local**: every output reads three by three pixels, with weights of its own.
# - **tiled**: the same, but every second place has the same weights, in each direction.
# - **convolution**: all places have the same weights.

# %%
from cnnref import (
    Conv,
    Dense,
    Flatten,
    LocallyConnected,
    ReLU,
    Sequential,
    TiledConv,
    count,
)

layers = {
    "dense": Dense(8 * 8 * 8),
    "local": LocallyConnected(8, 3),
    "tiled": TiledConv(8, 3, tile=2),
    "convolution": Conv(8, 3),
}
nets, sizes = {}, {}
print(f"{'':11}  this layer  whole network  multiplications")
for name, layer in layers.items():
    net = nets[name] = Sequential((layer, ReLU(), Flatten(), Dense(10)))
    sizes[name] = net.count((1, 10, 10)).parameters
    cost = count(layer, (1, 10, 10))
    print(f"{name:11} {cost.parameters:11,}", end="")
    print(f" {sizes[name]:14,} {cost.multiplies:16,}")

# %% [markdown]
# ## Each contains the next
#
# What a convolution computes, the other three can compute as well: give all places equal weights.
# So no layer further up in the list is *able* to do less. Whether it learns as well is another
# question.

# %%
rng = np.random.default_rng(0)
w, b = layers["convolution"].init(rng, (1, 10, 10))  # (8, 1, 3, 3), (8,)
y = layers["convolution"].forward((w, b), x[test])

tiled = (
    np.broadcast_to(w, (2, 2, *w.shape)),
    np.broadcast_to(b[:, None, None], (8, 2, 2)),
)
local = (
    np.broadcast_to(w, (8, 8, *w.shape)),
    np.broadcast_to(b[:, None, None], (8, 8, 8)),
)
pixels = np.eye(100).reshape(100, 1, 10, 10)  # each pixel alone
answers = layers["convolution"].forward((w, np.zeros(8)), pixels)
dense = (
    answers.reshape(100, -1).T.reshape(-1, 1, 10, 10),
    np.repeat(b, 64),
)

for name, params in {
    "tiled": tiled,
    "local": local,
    "dense": dense,
}.items():
    same = layers[name].forward(params, x[test]).reshape(y.shape)
    assert np.allclose(same, y, rtol=0, atol=1e-12)
    print(f"{name} gives the {same[0].size} numbers of the convolution")

# %% [markdown]
# ## Training
#
# All four are trained alike, three times from different first weights. Numbers of single precision
# are enough for this, and faster.

# %%
from cnnref import fit

single = x.astype(np.float32)


def accuracy(net, params, images):
    """The share of test digits that are read rightly."""
    said = net.forward(params, images).argmax(axis=1)
    return np.mean(said == labels[test])


def results(net, **options):
    """The accuracy for each move (rows) and each of three seeds."""
    found = []
    for seed in range(3):
        rng = np.random.default_rng(seed)
        drawn = net.init(rng, (1, 10, 10))
        first = [[a.astype(np.float32) for a in own] for own in drawn]
        params, _ = fit(
            net,
            first,
            single[train],
            labels[train],
            rng=rng,
            **options,
        )
        rates = [accuracy(net, params, some) for some in moved.values()]
        found.append(rates)
    return np.transpose(found)


found = {
    name: results(net, epochs=10, rate=0.1, momentum=0.9, batch_size=128)
    for name, net in nets.items()
}
print(f"{'':11}  parameters  right (least to greatest)")
for name, rates in found.items():
    stays = rates[0]
    print(f"{name:11} {sizes[name]:11,}", end="  ")
    print(f"{stays.mean():.1%} ({stays.min():.1%} to {stays.max():.1%})")

# %% [markdown]
# All four read nearly everything, and the differences are hardly larger than those between seeds.
# Sharing has not made the network better here. It has made it smaller: the convolution does with a
# fraction of the dense layer's weights. Most of what it has left sits in the ten scores at the end.
#
# Why is it no better? Here is a guess. These digits were centred and scaled before they were
# stored, so a stroke is always found about where it belongs. A layer that knows its places loses
# nothing by it. The bet of a convolution, that what is worth finding here is worth finding there,
# has little to win.

# %% caption="Right answers against parameters, the latter on a logarithmic axis: far fewer weights, about the same result. Bars: from the worst to the best of three seeds."
from cnnref.figures.training import tradeoff

tradeoff(sizes, {name: rates[0] for name, rates in found.items()}, 0.9)
plt.show()
means = [rates[0].mean() for rates in found.values()]
assert min(means) > 0.95
assert max(means) - min(means) < 0.025
assert sizes["dense"] > 10 * sizes["convolution"]

# %% [markdown]
# ## One pixel to the side
#
# Now show them the same test digits, moved by one pixel. To you nothing has changed.

# %%
print(f"{'':11}" + "".join(f"{move:>7}" for move in moves))
for name, rates in found.items():
    print(f"{name:11}" + "".join(f"{rate.mean():7.0%}" for rate in rates))
assert all(rates[1:].mean() < 0.5 for rates in found.values())

# %% [markdown]
# All four read less than half of them now, the convolution too. Is a convolution not indifferent to
# shifts?
#
# It is not. It is *equivariant*: when the digit moves, its output moves along, but for what leaves
# at the edge, and the next layer gets everything one place further. That layer is dense and has a
# weight for each place. So sharing in one layer is lost in the next, as long as somebody after it
# asks where.
#
# ## A network that does not ask where
#
# Put the largest value over *all* places between the convolution and the scores. What is left tells
# which patterns are there, and no longer where. "Full" padding makes sure that every window which
# touches the digit counts, before the move and after it. The kernels are larger, as a single window
# now has to recognise something by itself, and there are more of them.

# %%
from cnnref import MaxPool

anywhere = Sequential(
    (
        Conv(40, 5, padding="full"),
        ReLU(),
        MaxPool(14),
        Flatten(),
        Dense(10),
    )
)
shapes = anywhere.shapes((1, 10, 10))
for layer, m in zip(anywhere.layers, shapes[1:], strict=True):
    print(f"{type(layer).__name__:8} {m}")
cost = anywhere.count((1, 10, 10))
sizes["anywhere"] = cost.parameters
print(f"{cost.parameters:,} parameters")
print(f"{cost.multiplies:,} multiplications")
found["anywhere"] = results(
    anywhere,
    epochs=6,
    rate=0.05,
    momentum=0.9,
    batch_size=32,
)
first, *others = found["anywhere"]
assert all(np.array_equal(rates, first) for rates in others)
assert first.mean() > 0.9
for net in nets.values():
    assert cost.multiplies > 3 * net.count((1, 10, 10)).multiplies
assert sizes["anywhere"] < min(sizes[name] for name in nets) / 2

# %% caption="Right answers for digits that stay, and the mean for digits moved by one pixel."
from cnnref.figures.training import compared

print(f"{'':11}  parameters   stays   moved")
table = {}
for name, rates in found.items():
    table[name] = rates[0].mean(), rates[1:].mean()
for name, (stays, moves_on) in table.items():
    print(f"{name:11} {sizes[name]:11,} {stays:7.1%} {moves_on:7.1%}")
compared(table, ("stay", "moved"))
plt.show()

# %% [markdown]
# The last network reads moved digits exactly as it reads the others, and not only about as well:
# every seed gets the very same number right, for all moves. It was never trained on a moved digit.
# And it has the fewest parameters of all.
#
# This is what sharing is for. On data that is always in its place it saves weights. Together with a
# maximum over all places it also says, once and for all, that the place does not matter.
#
# It has its price. The network cannot tell one arrangement of the same parts from another, and it
# reads digits that stay no better than most of the others do. It also multiplies by far the most,
# for it looks with every kernel at every place.
#
# ## Try it
#
# - Learn from a tenth of the training digits. Which of the four layers suffers most?
# - Put `MaxPool(2)` after the rectifier of the convolution. How much of the shift does it forgive?
# - Move the digits in the *training* pictures as well, in all directions. Which of the four can
#   learn to forgive the move, and how many epochs does it take?
#
# Next: [Why convolve](../benefits.md) has the laws behind this, [Pooling](../pooling.md) says what
# survives a shift, and [A network that reads digits](digits.py) makes a network deeper.
