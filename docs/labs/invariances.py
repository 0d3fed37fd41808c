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
# First the digits, with a frame of blank pixels around them, so that nothing is cut off when they turn.
# Between pixels the rotation interpolates.

# %% caption="A training digit in the three poses that are trained." alt="Three pictures of the same handwritten digit with a blank frame: turned by an eighth of a turn to one side, upright, and turned by as much to the other side."
import matplotlib.pyplot as plt
import numpy as np
from scipy.ndimage import rotate
from sklearn.datasets import load_digits

from cnnref import pad

digits = load_digits()
x = np.stack([pad(image, 1) for image in digits.images]) / digits.images.max()
labels = digits.target
order = np.random.default_rng(0).permutation(len(x))
train, test = order[:-500], order[-500:]  # fixed before; nothing is chosen by the test pictures
poses = [-45, 0, 45]  # degrees


def turned(pictures, degrees):
    """Pictures (N, 10, 10), turned clockwise."""
    return rotate(pictures, degrees, axes=(1, 2), reshape=False, order=1)


print(len(train), "training digits in", len(poses), "poses, tested on", len(test), "others")
figure = plt.figure(figsize=(4.8, 1.9))
for axes, degrees in zip(figure.subplots(1, 3), poses, strict=True):
    axes.imshow(turned(x[train[:1]], degrees)[0], "gray_r", vmin=0, vmax=1)
    axes.set_title(f"{degrees:+}°" if degrees else "upright")
    axes.axis("off")
plt.show()

# %% [markdown]
# ## Three networks
#
# A *detector* is one kernel as large as the picture: a template. It multiplies and sums, and answers
# with one number. A dense layer holds many of them.
#
# - **one**: one detector for each digit. The largest answer is what the network says.
# - **maximum**: three detectors for each digit, and the maximum of the three. This is the network of
#   the textbook.
# - **hidden**: no maximum. A hidden layer with a rectifier, as large as it may be to have about as many
#   parameters as **maximum**.
#
# So there are two comparisons: with the same answer but fewer detectors, and with the same number of
# parameters. Nobody tells the networks which picture is in which pose.

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
    print(f"{name:8} {net.count((10, 10)).parameters:5,} parameters, last loss {losses[-1]:.2f}")

# %% [markdown]
# ## How many digits are read
#
# Each test digit is shown in all three poses. *Right* counts pictures; *right in every pose* counts
# digits that are read in all three. Each line is the mean of three seeds, in brackets the least and the
# greatest.
#
# The maximum helps much: it beats the single detectors by far. But the hidden layer, with no maximum
# and no more parameters, is better still. Its units are shared by all digits, and the detectors are
# not.

# %%
angles = np.arange(-90, 91, 15)
tests = [turned(x[test], degrees) - mean for degrees in angles]
right = {
    name: np.array(
        [
            [nets[name].forward(params, some).argmax(axis=1) == labels[test] for some in tests]
            for params in trained[name]
        ]
    )  # (seeds, angles, N)
    for name in nets
}
shown = np.isin(angles, poses)
found = {}
print("            right               right in every pose")
for name, hits in right.items():
    single = hits[:, shown].mean(axis=(1, 2))
    every = hits[:, shown].all(axis=1).mean(axis=1)
    found[name] = single.mean(), every.mean()
    print(f"{name:8}", end="")
    for part in single, every:
        print(f"   {part.mean():6.1%} ({part.min():.1%} to {part.max():.1%})", end="")
    print()
assert found["maximum"][0] > found["one"][0] + 0.04
assert found["hidden"][0] > found["maximum"][0]
assert found["maximum"][1] > found["one"][1] + 0.06

# %% [markdown]
# ## Do the detectors specialise?
#
# For each test picture, see which of the three detectors of its digit answers most. If they share the
# work by pose, the winner depends on the pose and on little else.
#
# For nearly all pictures the pose does tell the winner. But three poses do not always mean three
# winners. Often one detector serves two poses, and for some digits a single one does all the work: the
# other two never win, so they never get a gradient, and never learn. A nought looks the same in
# every pose and needs no more. For other digits it is bad luck of the first weights.

# %%
wins = np.zeros((3, 10, 3, 3), int)  # (seeds, digits, poses, detectors)
for seed, params in enumerate(trained["maximum"]):
    for pose, some in enumerate([tests[place] for place in np.flatnonzero(shown)]):
        answers = nets["maximum"].layers[0].forward(params[0], some).reshape(-1, 10, 3)
        own = answers[np.arange(len(some)), labels[test]]  # (N, 3), those of its digit
        np.add.at(wins[seed], (labels[test], pose, own.argmax(axis=1)), 1)

known = wins.max(axis=3).sum() / wins.sum()
blind = wins.sum(axis=2).max(axis=2).sum() / wins.sum()
print(f"who knows digit and pose names the winner for {known:.0%} of the pictures,")
print(f"who knows the digit alone for {blind:.0%}")
kinds = np.array([[len(set(pose.argmax(axis=1))) for pose in digit] for digit in wins])
for number in 1, 2, 3:
    print(f"{np.sum(kinds == number):2} of {kinds.size} digits use {number} of their detectors")
assert known > 0.9 > 0.8 > blind
assert kinds[:, 0].max() == 1
assert all(np.sum(kinds == number) > 0 for number in (1, 2, 3))

# %% [markdown]
# ## One digit, three detectors
#
# Here is the digit, of all three seeds, whose detectors share the work most evenly. It is the best
# case, and it is the textbook picture: one template for each pose. White votes for the digit, black
# against, and grey does not care.

# %% caption="Three templates for one digit, and the pose in which each wins."
evenness = wins.sum(axis=2).max(axis=2)  # (seeds, digits): pictures of the busiest detector
share = evenness / wins.sum(axis=(2, 3))
seed, digit = np.unravel_index(share.argmin(), share.shape)
turns = wins[seed, digit]  # (poses, detectors)
print(f"digit {digit}, seed {seed}: which detector wins how often")
for degrees, row in zip(poses, turns, strict=True):
    print(f"{degrees:4}°", row)
assert sorted(turns.argmax(axis=1)) == [0, 1, 2]

first = 3 * digit + turns.argmax(axis=1)  # its detectors, in the order of the poses
templates = trained["maximum"][seed][0][0][first]  # (3, 10, 10)
figure = plt.figure(figsize=(4.8, 1.9))
largest = np.abs(templates).max()
for axes, degrees, template in zip(figure.subplots(1, 3), poses, templates, strict=True):
    axes.imshow(template, "gray", vmin=-largest, vmax=largest)
    axes.set_title(f"wins at {degrees:+}°" if degrees else "wins upright")
    axes.axis("off")
figure.set_label(
    f"Three grey templates of ten by ten pixels for the digit {digit}: in each, white strokes on "
    "dark ground trace the digit, in the three poses of the training."
)
plt.show()

# %% [markdown]
# ## The maximum cares less
#
# Turn all test pictures of this digit slowly, and average what each of the three answers. Each has a
# hill of its own and falls off beside it. The maximum follows the hills.
#
# The *swing* of a curve is its highest value less its lowest, between the outermost poses trained. The
# swing of the maximum is a fraction of theirs.

# %% caption="The mean answers of the three detectors, and of their maximum, as the digit turns. Dotted uprights: the poses trained."
fine = np.arange(-90, 91, 5)
its = x[test][labels[test] == digit]
layer, weights = nets["maximum"].layers[0], trained["maximum"][seed][0]
answers = np.array(
    [layer.forward(weights, turned(its, degrees) - mean)[:, first] for degrees in fine]
)  # (angles, N, 3)
curves = {f"for {degrees}°": answers[:, :, n].mean(axis=1) for n, degrees in enumerate(poses)}
curves["maximum"] = answers.max(axis=2).mean(axis=1)
inside = np.abs(fine) <= 45
swings = {name: np.ptp(curve[inside]) for name, curve in curves.items()}
for name, swing in swings.items():
    print(f"{name:9} swings by {swing:4.1f}")
single = [swing for name, swing in swings.items() if name != "maximum"]
assert swings["maximum"] < min(single) / 1.5

figure = plt.figure(figsize=(4.8, 3.2))
axes = figure.subplots()
for (name, curve), style in zip(curves.items(), ["--", "-.", ":", "-"], strict=True):
    width = 3 if name == "maximum" else 1.6
    axes.plot(fine, curve, style, linewidth=width, label=name, zorder=2 - width / 4)
for degrees in poses:
    axes.axvline(degrees, color="C3", linestyle=":", linewidth=0.8)
axes.set(xlabel="turned by (degrees)", ylabel="answer", xticks=np.arange(-90, 91, 45))
axes.legend(fontsize=9)
figure.set_label(
    "Four curves over the angle from -90 to 90 degrees. Each detector has one hill near its own "
    f"pose; between -45 and 45 degrees they swing by {', '.join(f'{s:.1f}' for s in single)}. "
    f"Their maximum runs along the hilltops and swings by {swings['maximum']:.1f}."
)
plt.show()

# %% [markdown]
# That is a comparison within one network. What of the network **one**, which has a single detector for
# this digit and no maximum? Its answer swings even less. But it is flat because it is a compromise:
# see its *lead*, by how much the right digit's answer exceeds the strongest wrong one. A flat answer is
# worth little if another digit's is as high.

# %%
leads = {}
for name in "one", "maximum":
    scores = np.array(
        [
            nets[name].forward(trained[name][seed], turned(its, degrees) - mean)
            for degrees in fine[inside]
        ]
    )  # (angles, N, 10)
    own, others = scores[..., digit], np.delete(scores, digit, axis=2)
    leads[name] = own - others.max(axis=2)
    print(f"{name:8} swings by {np.ptp(own.mean(axis=1)):.1f},", end=" ")
    print(f"leads by {leads[name].mean():.1f} on average, in {np.mean(leads[name] > 0):.0%}")

# %% [markdown]
# ## It has not learned to rotate
#
# It has learned three poses. Here is how many digits are read at other angles, too. Between the poses
# all networks get worse, beyond them they fail. A nine that lies on its side looks like nothing they
# have seen, and if it turns on, it will be a six.
#
# So the invariance is as wide as the training was, and no wider. The convolution's behaviour under
# shifts is different: it is built in, and holds where nothing was trained.

# %% caption="Right answers at angles trained and untrained. Dotted uprights: the poses trained."
figure = plt.figure(figsize=(4.8, 3.2))
axes = figure.subplots()
for (name, hits), style in zip(right.items(), ["--o", "-s", "-.^"], strict=True):
    axes.plot(angles, hits.mean(axis=(0, 2)), style, markersize=4, label=name)
for degrees in poses:
    axes.axvline(degrees, color="C3", linestyle=":", linewidth=0.8)
axes.set(xlabel="turned by (degrees)", ylabel="right", ylim=(0, 1), xticks=np.arange(-90, 91, 45))
axes.legend()
rates = {name: hits.mean(axis=(0, 2)) for name, hits in right.items()}
between = np.abs(angles) == 15
beyond = np.abs(angles) == 90
for name, rate in rates.items():
    print(f"{name:8} trained {rate[shown].mean():4.0%}", end="")
    print(f", between {rate[between].mean():4.0%}, at a quarter turn {rate[beyond].mean():4.0%}")
    assert rate[shown].mean() > rate[between].mean() > rate[beyond].mean() + 0.3
figure.set_label(
    "Three curves over the angle, highest at the three trained poses, with a dip between them and a "
    "steep fall outside. At the trained poses: "
    + ", ".join(f"{name} {rate[shown].mean():.0%}" for name, rate in rates.items())
    + "; at a quarter turn: "
    + ", ".join(f"{name} {rate[beyond].mean():.0%}" for name, rate in rates.items())
    + "."
)
plt.show()

# %% [markdown]
# ## What to make of it
#
# The mechanism works as the textbook says. Detectors take different poses without being told to, and
# their maximum hides which of them it was.
#
# It is weaker than the picture suggests in three ways. Not all detectors come into use. The invariance
# ends where the training ended. And a hidden layer of the same size, which has no such maximum, learns
# these rotations better.
#
# ## Try it
#
# - Train with five poses, a little closer to each other. Do the dips between them go away?
# - Give each digit five detectors. Are more than three ever in use?
# - Put an average in place of the maximum: `Dense(10)` after the thirty detectors. Why can this be no
#   better than **one**?
#
# Next: [What sharing saves](sharing.py) looks at shifts. [Pooling](../pooling.md) has the maximum over
# places, and [the laws on pooling over channels](../laws-invariance.md) say what holds for any
# detectors.
#
# Source: Ian Goodfellow, Yoshua Bengio, Aaron Courville, *Deep Learning*, MIT Press, 2016, section 9.3.
