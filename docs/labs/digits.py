# %% [markdown]
# # A network that reads digits
#
# *Can layers this plain learn anything?* They can. In this lab a convolutional network with a few
# thousand weights learns to read handwritten digits, in seconds, on an ordinary computer. It is
# made of nothing but the layers of this site, and NumPy does all the work.
#
# The digits come with scikit-learn. Each is a picture of eight by eight pixels. A pixel says how
# much ink there is, from none to full, and a label says which digit it is meant to be.

# %% caption="The first thirty pictures of the data."
import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_digits

from cnnref.figures.training import gallery

digits = load_digits()
x = digits.images[:, np.newaxis] / digits.images.max()  # (N, 1, 8, 8)
labels = digits.target
print(f"{len(x):,} pictures {x.shape[1:]}")
print(f"ink from {x.min():g} to {x.max():g}")

gallery(
    x[:30, 0],
    10,
    "The digits nought to nine, three times, in coarse grey strokes",
)
plt.show()

# %% [markdown]
# ## Some are kept away
#
# A network is judged by pictures it has never seen. So five hundred are put aside as *test*
# pictures, drawn by a fixed seed, and nothing below is decided by looking at them. The size of the
# network and its learning rate were settled beforehand, on a part of the *training* pictures. The
# number of epochs was, too, and later made smaller, only so that this page is built sooner.
#
# One thing to keep in mind: a writer has written many of these digits, and may be found in both
# parts. A stranger's digits would probably be harder.

# %%
order = np.random.default_rng(0).permutation(len(x))
train, test = order[:-500], order[-500:]
print(len(train), "to learn from,", len(test), "to be judged by")
print("tests of each digit:", np.bincount(labels[test]))
assert not set(test) & set(train)

# %% [markdown]
# ## The network
#
# Two convolutions of three by three, a maximum over two by two between them, and one dense layer
# that gives each digit a score. The largest score is the answer.
#
# A layer holds its options only. Its weights are arrays of their own, drawn by `init` and handed to
# every call.

# %%
from cnnref import Conv, Dense, Flatten, MaxPool, ReLU, Sequential, count

net = Sequential(
    (
        Conv(16, 3, padding="same"),
        ReLU(),
        MaxPool(2),
        Conv(32, 3),
        ReLU(),
        Flatten(),
        Dense(10),
    )
)
shapes = net.shapes((1, 8, 8))
for place, layer in enumerate(net.layers):
    before, after = shapes[place : place + 2]
    name, cost = type(layer).__name__, count(layer, before)
    print(f"{name:8} {after!s:11} {cost.parameters:6,} parameters")
print(f"together {'':11} {net.count((1, 8, 8)).parameters:6,}")

# %% [markdown]
# ## Is the gradient right?
#
# Training follows the gradient of the loss downhill. A wrong gradient often still trains, only
# worse, so look before you train. Move one weight a little to both sides and see how the loss
# changes:
#
# $$\frac{\partial L}{\partial \theta} \approx \frac{L(\theta + h) - L(\theta - h)}{2 h}.$$
#
# This takes no calculus and knows nothing of the layers. Here it is done for up to twenty weights
# of each array, on eight pictures.
#
# There is one trap. Biases start at zero, so where a picture is blank the rectifier sits exactly on
# its bend, and there the two sides have different slopes. The check therefore moves the biases off
# zero.

# %%
from cnnref import softmax_cross_entropy

few, these = x[train[:8]], labels[train[:8]]


def loss(params):
    """The mean loss over a few training pictures, and its slope."""
    return softmax_cross_entropy(net.forward(params, few), these)


rng = np.random.default_rng(0)
params = net.init(rng, (1, 8, 8))
for _, b in filter(None, params):
    b += rng.uniform(0.1, 0.2, b.shape)
_, gradients = net.backward(params, few, loss(params)[1])

# %%
h, errors = 1e-6, []
for own, slopes in zip(params, gradients, strict=True):
    for weights, slope in zip(own, slopes, strict=True):
        some = rng.permutation(weights.size)[:20]
        for place in some:
            kept = weights.flat[place]
            weights.flat[place] = kept + h
            above, _ = loss(params)
            weights.flat[place] = kept - h
            below, _ = loss(params)
            weights.flat[place] = kept
            errors.append((above - below) / (2 * h) - slope.flat[place])

worst = np.abs(errors).max()
print(f"{len(errors)} slopes, largest difference {worst:.0e}")
assert worst < 1e-7

# %% [markdown]
# ## Training, five times
#
# `fit` walks through the training pictures in random order, thirty-two at a time, and takes a step
# against the gradient after each. The seed decides on the first weights and on the order. One seed
# may be lucky, so here are five, and none is left out.

# %%
from cnnref import fit

trained, curves, accuracies = [], [], []
for seed in range(5):
    rng = np.random.default_rng(seed)
    params, losses = fit(
        net,
        net.init(rng, (1, 8, 8)),
        x[train],
        labels[train],
        rng=rng,
        epochs=8,
        rate=0.05,
        momentum=0.9,
        batch_size=32,
    )
    right = net.forward(params, x[test]).argmax(axis=1) == labels[test]
    trained.append(params)
    curves.append(losses)
    accuracies.append(right.mean())
    share = f"{right.sum()} of {right.size} right"
    print(f"seed {seed}: {share}, {right.mean():.1%}")
print(f"mean: {np.mean(accuracies):.1%}")
assert np.mean(accuracies) >= 0.97

# %% [markdown]
# The assertion asks for a little less than what you see, because the last digits depend on the
# machine: another processor adds in another order, and training makes a large difference of a small
# one.
#
# ## How the loss fell

# %% caption="The mean loss of each epoch; one line for each seed, and the run is the seed."
from cnnref.figures.training import learning

learning(curves)
plt.show()
assert all(losses[-1] < losses[0] / 10 for losses in curves)

# %% [markdown]
# ## What it has learned to look for
#
# Here are six of the sixteen kernels of the first layer, before training and after. White is the
# largest weight, black as far below zero, and middle grey is zero. The printed numbers are of all
# sixteen.
#
# Do not expect a gallery of clean edges. With three by three taps there is not much to draw, and
# the kernels after training still resemble the random ones they grew from. What changed is mostly
# their size. A correlation of one means that all nine weights were multiplied by one positive
# number, and perhaps moved by another.

# %% caption="Six kernels, each before training and, to the right of it, after."
first = net.init(np.random.default_rng(0), (1, 8, 8))
start = first[0][0][:, 0]  # (16, 3, 3)
end = trained[0][0][0][:, 0]
alike = []
for before, after in zip(start, end, strict=True):
    alike.append(np.corrcoef(before.ravel(), after.ravel())[0, 1])
sizes = np.abs(start).mean(), np.abs(end).mean()
print(f"median correlation: {np.median(alike):.2f}")
print(f"mean size: {sizes[0]:.2f} before, {sizes[1]:.2f} after")
assert np.median(alike) > 0.7
assert sizes[1] > sizes[0]

pairs = np.stack((start, end), axis=1)[:6].reshape(-1, 3, 3)
gallery(
    pairs,
    4,
    "Grey squares of three by three, each kernel twice",
    titles=["before", "after"] * 6,
    signed=True,
)
plt.show()

# %% [markdown]
# ## Which digits are taken for which
#
# A *confusion matrix* has a row for each digit and a column for each answer. Right answers stand on
# the diagonal, mistakes anywhere else. This one adds up all five networks.

# %% caption="Rows: what it is. Columns: what the networks said. Dashed: mistakes; blank: never."
from cnnref.figures.training import confusion

answers = []
for params in trained:
    answers.append(net.forward(params, x[test]).argmax(axis=1))
table = np.zeros((10, 10), int)
for said in answers:
    np.add.at(table, (labels[test], said), 1)
print(np.trace(table), "of", table.sum(), "answers are right")
assert table.sum() == len(trained) * len(test)
assert np.trace(table) >= 0.97 * table.sum()

confusion(table)
plt.show()

# %% [markdown]
# ## The mistakes themselves
#
# Before you blame the networks, look at what they were shown. Here are the eight test digits that
# fooled the most of the five. Some would give a person pause at this size.

# %% caption="What it is, and what those networks that were wrong said most often."
votes = np.array(answers)  # (5, N)
failed = np.sum(votes != labels[test], axis=0)
hard = np.argsort(-failed, kind="stable")[:8]
print(f"{np.sum(failed == 0)} of {len(test)} are read rightly by all")
print(f"{np.sum(failed >= 3)} wrongly by most")
assert np.mean(failed == 0) > 0.9

titles = []
for place in hard:
    wrong = votes[votes[:, place] != labels[test[place]], place]
    said = np.bincount(wrong).argmax()
    titles.append(f"{labels[test[place]]}, said {said}")
    print(f"{titles[-1]}: {len(wrong)} of {len(votes)} wrong")
gallery(x[test[hard], 0], 4, "Crooked or broken digits", titles=titles)
plt.show()

# %% [markdown]
# ## Try it
#
# Download this lab and change one thing at a time.
#
# - Set `rate` to a tenth and to five times its value. Which of the two does more harm in eight
#   epochs?
# - Leave out the maximum, or one of the convolutions. How many parameters does that cost or save,
#   and how many digits?
# - Plant a fault: put `gradients[0][0][:] *= -1` before the check. How large is the largest
#   difference now?
#
# Next: [What sharing saves](sharing.py) compares a convolution with layers that share less, and
# [Learned invariances](invariances.py) turns the digits round. The layers are defined on
# [Convolution layers](../layers.md) and [Pooling](../pooling.md).
