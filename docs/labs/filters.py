# %% [markdown]
# # Filters on a photograph
#
# *What does a kernel do to a picture?* A kernel is a small table of weights. It slides over the
# picture and writes down one weighted sum at each place. With nine or twenty-five numbers chosen by
# hand it blurs, sharpens, or draws the outlines.
#
# A convolutional network does the same. It only chooses the numbers itself.
#
# The definitions are on the page [Convolution](../convolution.md). Here they meet a photograph: the
# portrait of Grace Hopper that comes with matplotlib. The code below is one long notebook, so each
# cell may use what the cells above it made. The first one loads the picture, shrinks it with an
# average pooling, and says how pictures are shown.

# %% caption="The input of this lab." alt="A grey portrait: an elderly woman in glasses and a dark uniform hat with a badge. Behind her left shoulder hangs a flag with stars, on the other side is a plain sky."
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.cbook import get_sample_data

from cnnref import avg_pool, layout

with get_sample_data("grace_hopper.jpg") as file:
    photo = plt.imread(file)[np.newaxis, 24:328, 104:408]
print(photo.shape, "pictures, rows, columns, colours")

colour = avg_pool(layout(photo, "NHWC", "NCHW"), 2)
grey = np.rint(colour[0].mean(axis=0))  # rounded to whole numbers
print(grey.shape, "from", grey.min(), "to", grey.max())


def show(*pictures, low=0, high=255):
    """Draw (title, array) pairs, black at low and white at high."""
    side = 5.2 / max(2, len(pictures))
    figure = plt.figure(
        figsize=(side * len(pictures), side + 0.3),
        layout="constrained",
    )
    columns = figure.subplots(1, len(pictures), squeeze=False)[0]
    for axes, (title, picture) in zip(columns, pictures, strict=True):
        axes.imshow(picture, "gray", vmin=low, vmax=high, interpolation="none")
        axes.set_title(title, fontsize=12)
        axes.axis("off")
    plt.show()


show(("input", grey))

# %% [markdown]
# ## A picture is an array
#
# Each pixel is a number: black is $0$, white is the largest. Here are the numbers of one eye, every
# second pixel of it. Rows count downwards, columns to the right, and the first index is the row.

# %%
from cnnref import grid

print(grid(grey[77:93:2, 18:38:2]))

# %% [markdown]
# ## Blur
#
# Replace every pixel by the mean of its neighbourhood and the picture blurs. The *box* kernel gives
# all neighbours the same weight. The *binomial* kernel gives more to the near ones, and so leaves
# fewer square ghosts.
#
# Both kernels sum to one, so a plain wall stays as bright as it was. Only the rim gets darker:
# there the kernel hangs over the edge, and mode "same" counts what is missing as zero. More on that
# at the end.

# %% caption="Both blur; the box leaves harder marks around the small bright things." alt="Three pictures of the same portrait: the input, the box blur and the binomial blur. Both blurred ones have lost the pattern on the hat and a dark rim has appeared at the border."
from cnnref import correlate

box = np.ones((5, 5)) / 25
row = np.array([1, 4, 6, 4, 1])
binomial = np.outer(row, row) / row.sum() ** 2
print(grid(np.outer(row, row)))

boxed = correlate(grey, box, mode="same")
blurred = correlate(grey, binomial, mode="same")
show(("input", grey), ("box", boxed), ("binomial", blurred))

# %% [markdown]
# ## Two blurs are one blur
#
# Convolution is associative: $(x * w) * w = x * (w * w)$. Blurring twice is the same as blurring
# once, with the kernel blurred by itself. A small binomial kernel so becomes the one from above.
# The pixels are whole numbers, so the two sides must agree exactly, and the assertion compares all
# of them.
#
# Cut the result back to the picture after each step, as mode "same" does, and it is true no longer.

# %%
from cnnref import convolve

small = np.outer([1, 2, 1], [1, 2, 1])
print(grid(convolve(small, small)))

twice = convolve(convolve(grey, small), small)
once = convolve(grey, convolve(small, small))
assert np.array_equal(twice, once)
print("full:", np.sum(twice != once), "of", once.size, "differ")

twice = convolve(convolve(grey, small, mode="same"), small, mode="same")
once = convolve(grey, convolve(small, small), mode="same")
inside = np.s_[1:-1, 1:-1]
assert np.array_equal(twice[inside], once[inside])
print("same:", np.sum(twice != once), "of", once.size, "differ, on the rim")

# %% [markdown]
# ## Edges
#
# An edge is a place where neighbours differ. The Sobel kernel takes what is right of a pixel minus
# what is left of it. Its weights sum to zero, so a plain wall gives zero, drawn as middle grey.
# White means brighter to the right, black means darker.
#
# Turned over, the same kernel compares below with above. The length of the two together says how
# strong the edge is, whatever its direction.

# %% caption="The rope and the nose appear on the left, the brim and the lips in the middle, all of it on the right." alt="Three edge pictures. Left: mostly grey, with white and black vertical lines along the rope, the nose and the cheeks. Middle: the same for horizontal lines, the brim of the hat, the glasses and the lips. Right: black, with every outline drawn in white."
sobel = np.array([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]])
across = correlate(grey, sobel)
down = correlate(grey, sobel.T)
show(
    ("across", across / 4 + 128),
    ("down", down / 4 + 128),
    ("strength", np.hypot(across, down) / 2),
)

# %% [markdown]
# ## The flip, seen
#
# `correlate` lays the kernel on the picture as it is written. `convolve` turns it by half a turn
# first. A half-turned Sobel kernel is minus the Sobel kernel, so here the flip shows as a change of
# sign: what was white is black.
#
# The blurs above are symmetric. For them you cannot tell the two operations apart, and this is why
# the difference so often goes unnoticed.

# %% caption="One kernel, two operations: every edge changes its sign." alt="Two edge pictures of the left half of the portrait. Wherever the left one is white the right one is black, and the other way round."
flipped = convolve(grey, sobel, mode="valid")
assert np.array_equal(flipped, -across)
same = correlate(grey, small, mode="full")
assert np.array_equal(convolve(grey, small), same)
left = np.s_[:, :75]
show(
    ("correlate", across[left] / 4 + 128),
    ("convolve", flipped[left] / 4 + 128),
)

# %% [markdown]
# ## Sharpen
#
# A blur removes something: the fine detail. Take the picture minus its blur and you hold exactly
# what was removed. Add it to the picture and the detail is there twice.
#
# The whole recipe is one kernel, because all of it is linear: twice the kernel that changes
# nothing, minus the blur.

# %% caption="On the left what the blur took away, on the right the input with this added." alt="Two pictures: the fine detail of the portrait on a grey ground, and the sharpened portrait, in which hair, stars and wrinkles stand out."
detail = grey - blurred
unchanged = np.zeros((5, 5))
unchanged[2, 2] = 1
sharp = correlate(grey, 2 * unchanged - binomial, mode="same")
assert np.array_equal(sharp, grey + detail)
show(("detail", 2 * detail + 128), ("input + detail", sharp))

# %% [markdown]
# ## Emboss and Laplacian
#
# Two more kernels from the same box. *Emboss* compares along one diagonal, and the eye takes the
# result for a relief lit from the corner. The *Laplacian* compares a pixel with its four neighbours
# at once. It has no direction: a bright dot answers as strongly as a bright line.

# %% caption="A relief, and an outline without direction." alt="Two pictures. Left: the portrait as a grey relief, as if pressed into metal. Right: thin white and black double lines on grey along all outlines."
emboss = np.array([[-2, -1, 0], [-1, 1, 1], [0, 1, 2]])
laplacian = np.array([[0, 1, 0], [1, -4, 1], [0, 1, 0]])
show(
    ("emboss", correlate(grey, emboss) / 2 + 64),
    ("Laplacian", 128 - correlate(grey, laplacian) / 2),
)

# %% [markdown]
# ## Colour: a layer with channels
#
# A colour picture has three channels. The layer `conv` takes an input with batch and channel axes,
# $x$ of shape $(N, C_\text{in}, n, n)$, and each of its output channels sums over all input channels.
#
# With a kernel of one by one there is no neighbourhood left: only the channels are mixed, at each
# pixel alike. The sepia of old photographs is such a mix. With `groups=3` it is the other way
# round: each channel has a kernel of its own and sees only itself.

# %% caption="Left the channels are mixed, right each is blurred alone." alt="Three colour pictures: the portrait in its colours, the same in brown sepia tones, and the same blurred with its colours kept."
from cnnref import conv

sepia = np.array(
    [  # from red, green and blue to
        [0.39, 0.77, 0.19],  # red
        [0.33, 0.65, 0.16],  # green
        [0.24, 0.48, 0.12],  # blue
    ]
).reshape(3, 3, 1, 1)
mixed = conv(colour, sepia)

boxes = np.tile(box, (3, 1, 1, 1))  # (3, 1, 5, 5)
alone = conv(colour, boxes, padding="same", groups=3)
green = correlate(colour[0, 1], box, mode="same")
assert np.allclose(alone[0, 1], green)


def first(batch):
    """The first picture of a batch as matplotlib wants it."""
    return layout(batch, "NCHW", "NHWC")[0].clip(0, 255) / 255


show(
    ("input", first(colour)),
    ("sepia", first(mixed)),
    ("blurred", first(alone)),
)

# %% [markdown]
# ## Pooling
#
# Three ways to make the picture four times narrower. *Subsampling* keeps every fourth pixel and
# ignores the rest. *Average pooling* keeps the mean of each window, *max pooling* its largest
# pixel.
#
# The average looks most like the photograph. The maximum lets bright things grow and thin dark ones
# vanish.

# %% caption="The same picture with a sixteenth of its pixels." alt="Three coarse pictures. Subsampled: jagged, the glasses broken up. Average: smooth and like the input. Maximum: brighter all over, with large stars and pale glasses."
from cnnref import max_pool

x = grey[np.newaxis, np.newaxis]  # one picture, one channel
print("from", x.shape, "to", max_pool(x, 4).shape)
show(
    ("subsampled", grey[::4, ::4]),
    ("average", avg_pool(x, 4)[0, 0]),
    ("maximum", max_pool(x, 4)[0, 0]),
)

# %% [markdown]
# ## One pixel to the side
#
# Pooling is said to make a network indifferent to small shifts. So shift the picture by one pixel
# and count. Both pictures are cut from the larger one, so no border is made up.
#
# Subsampling is the least steady of the three: it is made of single pixels, and every one of them
# is replaced by its neighbour. The average changes almost everywhere, but little. The maximum
# changes no less in the mean, but it keeps about half of its values exactly.
#
# So *insensitive* is the word, not *invariant*. [Pooling](../pooling.md) tells when a value
# survives.

# %% caption="What a shift by one pixel changed; black means nothing." alt="Three pictures of changes on black. Subsampled: bright outlines everywhere. Average: the same outlines, faint. Maximum: broken outlines with black stretches between."
before, after = x[..., :-4], x[..., 1:-3]
ways = {
    "subsampled": lambda picture: picture[..., ::4, ::4],
    "average": lambda picture: avg_pool(picture, 4),
    "maximum": lambda picture: max_pool(picture, 4),
}
changes = []
for name, pool in ways.items():
    change = np.abs(pool(after) - pool(before))[0, 0]
    changes.append((name, change))
    mean, unchanged = change.mean(), (change == 0).mean()
    print(f"{name:10} mean change {mean:4.1f}, unchanged {unchanged:4.0%}")
show(*changes, high=64)

# %% [markdown]
# ## The border
#
# At the border a window hangs over the edge. Layers fill the missing places with zeros, which are
# black, so the mean gets darker there. Leave the padding out of the mean and the rim stays as
# bright as the rest.
#
# Padding "full" goes further: every window that touches the picture counts. The picture grows, and
# fades into its frame of zeros.

# %% caption="With zeros counted the rim darkens; with padding left out it does not." alt="Three blurred portraits. Zeros counted: a dark rim all around. Padding left out: no rim. Full: a larger picture that fades to black on all sides."
blurs = []
for title, padding, zeros in [
    ("zeros counted", "same", True),
    ("padding left out", "same", False),
    ("full", "full", True),
]:
    blur = avg_pool(
        x,
        15,
        stride=1,
        padding=padding,
        count_include_pad=zeros,
    )[0, 0]
    blurs.append((title, blur))
    print(f"{title:16} {blur.shape}, top right corner {blur[0, -1]:.0f}")
show(*blurs)

# %% [markdown]
# ## Try it
#
# Download this lab, or paste its cells into a notebook, and change one thing at a time.
#
# - Turn the emboss kernel by a quarter (`np.rot90`). Where does the light come from now?
# - Blur the picture many times with `small`, each time divided by its sum. How many times until the
#   stars are gone? Which single kernel would have done it?
# - Pool with a window of four but a stride of one. How much does a shift by one pixel change now?
#
# Next: [Convolution](../convolution.md) says what the sums are, [Pooling](../pooling.md) what
# survives a shift, and the [laws](../laws.md) what holds for every picture, not only for this one.
