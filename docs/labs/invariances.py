# %% [markdown]
# # Learned invariances
#
# *Pooling over places forgives small shifts. Where does a network learn to forgive other changes, a
# rotation say?* In a maximum over channels. Several detectors look for the same thing in different
# poses, and the maximum only reports that one of them has found it.
#
# The network decides by itself what each detector is for. This lab trains such a network on rotated
# digits and looks at what it did. Not all of it is as tidy as the textbook picture.
#
# First the digits, with a frame of blank pixels around them, so that hardly anything is cut off
# when they turn. Between pixels the rotation interpolates. Five hundred digits are put aside for
# the test, by a fixed seed, and nothing about the networks was chosen by looking at them.

# %% caption="A training digit in the three poses that are trained."
import matplotlib.pyplot as plt
import numpy as np
from scipy.ndimage import rotate
from sklearn.datasets import load_digits

from cnnref import pad
from cnnref.figures.training import gallery

digits = load_digits()
x = pad(digits.images, [0, 1, 1]) / digits.images.max()
labels = digits.target
order = np.random.default_rng(0).permutation(len(x))
train, test = order[:-500], order[-500:]
poses = [-45, 0, 45]  # degrees
names = [f"{degrees}°" for degrees in poses]


def turned(pictures, degrees):
    """Pictures (N, 10, 10), turned counterclockwise."""
    return rotate(pictures, degrees, axes=(1, 2), reshape=False, order=1)


print(len(train), "digits to learn from, in", len(poses), "poses")
print(len(test), "others to be judged by")
gallery(
    [turned(x[train[:1]], degrees)[0] for degrees in poses],
    3,
    "One handwritten digit, leaning right, upright, leaning left",
    titles=names,
)
plt.show()

# %% [markdown]
# ## Three networks
#
# A *detector* is one kernel as large as the picture: a template. It multiplies and sums, and
# answers with one number. A dense layer holds many of them.
#
# - **one**: one detector for each digit. The largest answer is what the network says.
# - **maximum**: three detectors for each digit, and the maximum of the three. This is the network
#   of the textbook.
# - **hidden**: no maximum. A hidden layer with a rectifier, as large as it may be to have about as
#   many parameters as **maximum**.
#
# So there are two comparisons: with fewer detectors, and with about the same number of parameters
# but no maximum. Nobody tells the networks which picture is in which pose.

# %%
from cnnref import ChannelMaxPool, Dense, ReLU, Sequential, fit

nets = {
    "one": Sequential((Dense(10),)),
    "maximum": Sequential((Dense(30), ChannelMaxPool(3))),
    "hidden": Sequential((Dense(27), ReLU(), Dense(10))),
}
seen = np.concatenate([turned(x[train], degrees) for degrees in poses])
mean = seen.mean(axis=0)
seen, told = seen - mean, np.tile(labels[train], len(poses))
trained = {name: [] for name in nets}
for name, net in nets.items():
    for seed in range(3):
        rng = np.random.default_rng(seed)
        params, losses = fit(
            net,
            net.init(rng, (10, 10)),
            seen,
            told,
            rng=rng,
            epochs=12,
            rate=0.05,
            batch_size=32,
        )
        trained[name].append(params)
    size = net.count((10, 10)).parameters
    print(f"{name:8} {size:5,} parameters, last loss {losses[-1]:.2f}")

# %% [markdown]
# ## How many digits are read
#
# Each test digit is shown in all three poses. *Right* counts pictures; *right in every pose* counts
# digits that are read in all three. Each line is the mean of three seeds, in brackets the least and
# the greatest.
#
# The maximum helps much: it beats the single detectors by far. But the hidden layer, with no
# maximum and no more parameters, is better still. One reason may be that all digits share its
# units, while each detector serves a single digit.


# %%
def read(name, params, pictures):
    """The digit that a network says for each picture."""
    return nets[name].forward(params, pictures - mean).argmax(axis=1)


angles = np.arange(-90, 91, 15)
tests = [turned(x[test], degrees) for degrees in angles]
right = {}  # for each network (seeds, angles, N)
for name in nets:
    said = []
    for params in trained[name]:
        said.append([read(name, params, some) for some in tests])
    right[name] = np.array(said) == labels[test]

# %%
shown = np.isin(angles, poses)
found = {}
print("           right                    right in every pose")
for name, hits in right.items():
    single = hits[:, shown].mean(axis=(1, 2))
    every = hits[:, shown].all(axis=1).mean(axis=1)
    found[name] = single.mean(), every.mean()
    print(f"{name:8}", end="")
    for part in single, every:
        print(f"   {part.mean():.1%} ", end="")
        print(f"({part.min():.1%} to {part.max():.1%})", end="")
    print()
assert found["maximum"][0] > found["one"][0] + 0.04
assert found["hidden"][0] > found["maximum"][0]
assert found["maximum"][1] > found["one"][1] + 0.06

# %% [markdown]
# ## Do the detectors specialise?
#
# For each test picture, see which of the three detectors of its digit answers most. If they share
# the work by pose, the winner depends on the pose and on little else.
#
# They do. Guess the winner by digit and pose, and you are nearly always right.
#
# But three poses do not always mean three winners. Often one detector serves two poses, and
# sometimes a single one does all the work. A detector that does not win gets no gradient, so it may
# never be drawn in. The nought uses a single one with every seed: it looks much the same in every
# pose. Every other digit uses two or three with one seed at least.

# %%
wins = np.zeros((3, 10, 3, 3), int)  # (seeds, digits, poses, detectors)
detectors = nets["maximum"].layers[0]
for seed, params in enumerate(trained["maximum"]):
    for pose, degrees in enumerate(poses):
        some = turned(x[test], degrees) - mean
        answers = detectors.forward(params[0], some).reshape(-1, 10, 3)
        own = answers[np.arange(len(test)), labels[test]]  # (N, 3)
        winner = own.argmax(axis=1)
        np.add.at(wins[seed], (labels[test], pose, winner), 1)

known = wins.max(axis=3).sum() / wins.sum()
blind = wins.sum(axis=2).max(axis=2).sum() / wins.sum()
print(f"{known:.0%} of the winners are guessed by digit and pose,")
print(f"{blind:.0%} by the digit alone")
assert known > 0.9 > 0.8 > blind

# %%
kinds = np.zeros((3, 10), int)  # (seeds, digits)
for place in np.ndindex(kinds.shape):
    kinds[place] = len(set(wins[place].argmax(axis=1)))
for number in 1, 2, 3:
    share = f"{np.sum(kinds == number):2} of {kinds.size}"
    print(f"{share}: {number} of the three detectors in use")
assert kinds[:, 0].max() == 1  # the nought
assert kinds[:, 1:].max(axis=0).min() > 1
assert all(np.sum(kinds == number) > 0 for number in (1, 2, 3))

# %% [markdown]
# ## One digit, three detectors
#
# Here is the digit, of all three seeds, whose detectors share the work most evenly. It is the best
# case, and it is the textbook picture: one template for each pose. White votes for the digit, black
# against, and grey does not care.

# %% caption="Three templates for one digit, and the pose in which each wins."
busiest = wins.sum(axis=2).max(axis=2)  # (seeds, digits)
share = busiest / wins.sum(axis=(2, 3))
seed, digit = np.unravel_index(share.argmin(), share.shape)
turns = wins[seed, digit]  # (poses, detectors)
print(f"digit {digit}, seed {seed}: which detector wins how often")
for degrees, row in zip(poses, turns, strict=True):
    print(f"{degrees:4}°", row)
assert sorted(turns.argmax(axis=1)) == [0, 1, 2]

# Its detectors, in the order of the poses.
chosen = 3 * digit + turns.argmax(axis=1)
gallery(
    trained["maximum"][seed][0][0][chosen],
    3,
    "Templates of light and dark patches; they win in the poses",
    titles=names,
    signed=True,
)
plt.show()

# %% [markdown]
# ## The maximum cares less
#
# Turn all test pictures of this digit slowly, and average what each of the three answers. Each has
# a hill of its own and falls off beside it. The maximum follows the hills.
#
# The *swing* of a curve is its highest value less its lowest, between the outermost poses trained.
# The swing of the maximum is by far the smallest.

# %% caption="The mean answers of the three detectors, and of their maximum, as the digit turns. Dotted uprights: the poses trained."
from cnnref.figures.training import turning

fine = np.arange(-90, 91, 5)
its = x[test][labels[test] == digit]
weights = trained["maximum"][seed][0]
answers = []
for degrees in fine:
    some = turned(its, degrees) - mean
    answers.append(detectors.forward(weights, some)[:, chosen])
answers = np.array(answers)  # (angles, N, 3)
curves = dict(zip(names, answers.mean(axis=1).T, strict=True))
curves["maximum"] = answers.max(axis=2).mean(axis=1)
inside = np.abs(fine) <= 45
swings = {name: np.ptp(curve[inside]) for name, curve in curves.items()}
for name, swing in swings.items():
    print(f"{name:9} swings by {swing:4.1f}")
assert swings["maximum"] < min(swings[name] for name in names) / 1.5

turning(fine, curves, poses, "answer")
plt.show()

# %% [markdown]
# That is a comparison within one network. What of the network **one**, which has a single detector
# for this digit and no maximum? Its answer swings even less. But it is flat because it is a
# compromise: see its *lead*, by how much the right digit's answer exceeds the strongest wrong one.
# A flat answer is worth little if another digit's is as high.

# %%
lead, swing = {}, {}
for name in "one", "maximum":
    net, params = nets[name], trained[name][seed]
    between = [turned(its, degrees) - mean for degrees in fine[inside]]
    scores = np.array([net.forward(params, some) for some in between])
    own = scores[..., digit]  # (angles, N)
    lead[name] = own - np.delete(scores, digit, axis=2).max(axis=2)
    swing[name] = np.ptp(own.mean(axis=1))
    print(f"{name:8} swings by {swing[name]:.1f}", end=", ")
    print(f"leads by {lead[name].mean():.1f} in the mean")
assert swing["one"] < swing["maximum"]
assert lead["one"].mean() < lead["maximum"].mean()

# %% [markdown]
# ## It has not learned to rotate
#
# It has learned three poses. Here is how many digits are read at other angles, too. Between the
# poses all networks get worse, beyond them they fail. A nine that lies on its side looks like
# nothing they have seen, and if it turns on, it will be a six.
#
# So the invariance is as wide as the training was, and no wider. The convolution's behaviour under
# shifts is different: it is built in, and holds where nothing was trained.

# %%
rates = {}
for name in "one", "hidden", "maximum":
    rates[name] = right[name].mean(axis=(0, 2))
between = np.abs(angles) == 15
beyond = np.abs(angles) == 90
print("         trained  between  at a quarter turn")
for name, rate in rates.items():
    parts = [rate[part].mean() for part in (shown, between, beyond)]
    print(f"{name:8} {parts[0]:7.0%} {parts[1]:8.0%} {parts[2]:8.0%}")
    assert parts[0] > parts[1] > parts[2] + 0.3

# %% caption="Right answers at angles trained and untrained. Dotted uprights: the poses trained."
turning(angles, rates, poses, "share of right answers")
plt.show()

# %% [markdown]
# ## What to make of it
#
# The mechanism works as the textbook says. Detectors take different poses without being told to,
# and their maximum hides which of them it was.
#
# It is weaker than the picture suggests in three ways. Not all detectors come into use. The
# invariance ends where the training ended. And a hidden layer of the same size, which has no such
# maximum, learns these rotations better.
#
# ## Try it
#
# - Train with five poses, a little closer to each other. Do the dips between them go away?
# - Give each digit five detectors. Are more than three ever in use?
# - Put a weighted sum in place of the maximum: `Dense(10)` after the thirty detectors. Why can
#   this compute nothing that **one** cannot?
#
# Next: [What sharing saves](sharing.py) looks at shifts. [Pooling](../pooling.md) has the maximum
# over places, and [the laws on pooling over channels](../invariance.md) say what holds for any
# detectors.
#
# Source: Ian Goodfellow, Yoshua Bengio, Aaron Courville, *Deep Learning*, MIT Press, 2016, section
# 9.3.
