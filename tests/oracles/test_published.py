"""Numbers that others published: networks, figures, and those that the chapter talks about."""

import numpy as np
import pytest

from cnnref import (
    Conv,
    Dense,
    Flatten,
    LocallyConnected,
    MaxPool,
    ReLU,
    Sequential,
    Window,
    conv,
    conv_transpose,
    count,
    lenet,
    max_pool,
    receptive_field,
    windows,
)

Shape = tuple[int, ...]


def looks(net: Sequential, shape: Shape) -> list[Window]:
    """The Window of each layer that has one, on the first axis."""
    before = net.shapes(shape)
    looking = zip(net.layers, before, strict=False)
    return [layer.windows(n)[0] for layer, n in looking if isinstance(layer, Conv | MaxPool)]


# LeCun, Bottou, Bengio, Haffner, Gradient-Based Learning Applied to Document Recognition, 1998,
# section II.B. Their input has 32 x 32 places; here 28 x 28 and a padding of 2.


def test_lenet_has_the_shapes_of_its_paper() -> None:
    net = lenet()
    shapes = net.shapes((1, 28, 28))[1:]
    kept = [
        shape
        for layer, shape in zip(net.layers, shapes, strict=True)
        if not isinstance(layer, ReLU | Flatten)
    ]
    maps = [(6, 28, 28), (6, 14, 14), (16, 10, 10), (16, 5, 5)]
    assert kept == [*maps, (120,), (84,), (10,)]


def test_lenet_has_the_parameters_and_connections_of_its_paper() -> None:
    net = lenet()
    shapes = net.shapes((1, 28, 28))
    counts = [count(layer, n) for layer, n in zip(net.layers, shapes, strict=False)]
    parameters = [told.parameters for told in counts if told.parameters]
    assert parameters == [156, 2_416, 48_120, 10_164, 850]
    assert sum(parameters) == count(net, (1, 28, 28)).parameters == 61_706
    # The paper counts a bias as a connection, and padding as input.
    first, *_ = counts
    assert first.multiplies + first.outputs == 122_304
    dense = [told for told in counts if told.outputs in (120, 84) and told.parameters]
    assert [told.connections + told.outputs for told in dense] == [48_120, 10_164]


def test_a_unit_before_the_dense_layers_of_lenet_and_the_first_of_these_see_so_much() -> None:
    looked = looks(lenet(), (1, 28, 28))
    assert [receptive_field(looked[:layers]).size for layers in range(1, 5)] == [5, 6, 14, 16]
    whole = receptive_field([*looked, Window(5)])
    assert (whole.size, whole.start, whole.interval(0)) == (32, -2, (-2, 29))


# Simonyan, Zisserman, Very Deep Convolutional Networks for Large-Scale Image Recognition, 2015,
# configuration D; the receptive fields as in the table of google-research/receptive_field, which
# belongs to Araujo, Norris, Sim, Computing Receptive Fields of Convolutional Neural Networks, 2019.


def vgg16() -> Sequential:
    """Configuration D without its rectifiers, which change no number here."""
    layers: list[Conv | MaxPool | Flatten | Dense] = []
    for convs, channels in ((2, 64), (2, 128), (3, 256), (3, 512), (3, 512)):
        layers += [Conv(channels, 3, padding=1)] * convs + [MaxPool(2)]
    return Sequential((*layers, Flatten(), Dense(4096), Dense(4096), Dense(1000)))


def test_vgg_16_has_its_138_million_parameters() -> None:
    told = count(vgg16(), (3, 224, 224))
    assert told.parameters == 138_357_544


def test_vgg_16_takes_the_published_operations_up_to_its_dense_layers() -> None:
    """Billions of products, sums and biases, as in the same table."""
    net, image = vgg16(), (3, 224, 224)
    shapes = net.shapes(image)
    counts = [count(layer, n) for layer, n in zip(net.layers[:18], shapes, strict=False)]
    operations = sum(2 * told.multiplies + bool(told.parameters) * told.outputs for told in counts)
    assert shapes[18] == (512, 7, 7)
    assert round(operations / 1e9, 2) == 30.71


def test_the_receptive_fields_of_vgg_16_are_the_published_ones() -> None:
    looked = looks(vgg16(), (3, 224, 224))
    sizes = [receptive_field(looked[: layer + 1]).size for layer in range(18)]
    assert sizes == [
        *(3, 5, 6),
        *(10, 14, 16),
        *(24, 32, 40, 44),
        *(60, 76, 92, 100),
        *(132, 164, 196, 212),
    ]
    last = receptive_field(looked)
    assert (last.size, last.jump, -last.start) == (212, 32, 90)
    assert receptive_field([*looked, Window(7)]).size == 404


def test_three_layers_of_three_by_three_see_seven_by_seven_with_fewer_weights() -> None:
    assert receptive_field([Window(3)] * 3).size == receptive_field([Window(7)]).size == 7
    small, large = Conv(8, 3, bias=False), Conv(8, 7, bias=False)
    stacked = count(Sequential((small,) * 3), (8, 9, 9)).parameters
    assert (stacked, count(large, (8, 9, 9)).parameters) == (27 * 8**2, 49 * 8**2)


# Krizhevsky's AlexNet as in the same table: (receptive field, effective stride, effective padding).
ALEXNET = [
    (Window(11, 4), (11, 4, 0)),
    (Window(3, 2), (19, 8, 0)),
    (Window(5, before=2, after=2), (51, 8, 16)),
    (Window(3, 2), (67, 16, 16)),
    (Window(3, before=1, after=1), (99, 16, 32)),
    (Window(3, before=1, after=1), (131, 16, 48)),
    (Window(3, before=1, after=1), (163, 16, 64)),
    (Window(3, 2), (195, 32, 64)),
]


@pytest.mark.parametrize("layers", range(1, len(ALEXNET) + 1))
def test_the_receptive_fields_of_alexnet_are_the_published_ones(layers: int) -> None:
    field = receptive_field([window for window, _ in ALEXNET[:layers]])
    assert (field.size, field.jump, -field.start) == ALEXNET[layers - 1][1]


# Dumoulin, Visin, A Guide to Convolution Arithmetic for Deep Learning, 2016, figures 1.1 and 1.2:
# the input and the kernel are theirs.
INPUT = [[3, 3, 2, 1, 0], [0, 0, 1, 3, 1], [3, 1, 2, 2, 3], [2, 0, 0, 2, 2], [2, 0, 0, 0, 1]]
KERNEL = [[0, 1, 2], [2, 2, 0], [0, 1, 2]]


@pytest.mark.parametrize(
    ("stride", "padding", "expected"),
    [
        (1, "valid", [[12, 12, 17], [10, 17, 19], [9, 6, 14]]),
        (2, 1, [[6, 17, 3], [8, 17, 13], [6, 4, 4]]),
    ],
)
def test_the_worked_figures_of_the_guide_to_convolution_arithmetic(
    stride: int, padding: str | int, expected: list[list[int]]
) -> None:
    y = conv([[INPUT]], [[KERNEL]], stride=stride, padding=padding)
    np.testing.assert_array_equal(y, [[expected]])


def test_three_by_three_over_five_by_five_at_stride_two() -> None:
    """Figures 2.5, 2.6 and 4.5 of the same guide: without padding, with one, and transposed."""
    bare, padded = (windows((5, 5), 3, 2, padding) for padding in (0, 1))
    assert [window.places(5) for window in bare] == [2, 2]
    assert [window.places(5) for window in padded] == [3, 3]
    assert conv_transpose(np.ones((1, 1, 2, 2)), [[KERNEL]], stride=2).shape == (1, 1, 5, 5)


# Goodfellow, Bengio, Courville, Deep Learning, 2016.


def test_layers_with_six_taps_shrink_as_in_figure_9_13() -> None:
    sizes = [16]
    while sizes[-1] >= 6:
        sizes.append(Window(6).places(sizes[-1]))
    assert sizes == [16, 11, 6, 1]


def test_half_of_the_pooled_values_of_figure_9_8_change_though_all_inputs_do() -> None:
    before, after = [0.1, 1, 0.2, 0.1], [0.3, 0.1, 1, 0.2]
    pooled, moved = (max_pool([[x]], 3, stride=1, padding=1)[0, 0] for x in (before, after))
    np.testing.assert_array_equal(pooled, [1, 1, 1, 0.2])
    np.testing.assert_array_equal(moved, [0.3, 1, 1, 1])


def test_a_kernel_of_two_detects_edges_at_the_cost_told_with_figure_9_6() -> None:
    """Neighbours subtracted in an image of 320 by 280, against a matrix that does the same."""
    told = count(Conv(1, (1, 2), bias=False), (1, 280, 320))
    additions = told.outputs
    assert told.multiplies + additions == 267_960
    dense = count(Dense(319 * 280, bias=False), (1, 280, 320))
    assert dense.parameters == 320 * 280 * 319 * 280 > 8e9


# The chapter itself: 28 x 28 places and a 3 x 3 kernel.


def test_the_numbers_of_the_chapter() -> None:
    image = (1, 28, 28)
    layer = count(Conv(1, 3, bias=False), image)
    whole = count(Dense(26 * 26, bias=False), image)
    assert layer.outputs == whole.outputs == 676
    assert layer.connections == 6_084
    assert whole.connections == whole.parameters == 529_984
    assert layer.connections // layer.outputs == layer.parameters == 9
    assert whole.connections // whole.outputs == 784
    assert count(LocallyConnected(1, 3, bias=False), image).parameters == 6_084


def test_the_numbers_of_the_chapter_with_same_padding() -> None:
    image = (1, 28, 28)
    layer = count(Conv(1, 3, padding="same", bias=False), image)
    assert (layer.connections, layer.multiplies) == (6_724, 9 * 784)
    assert count(Dense(784, bias=False), image).connections == 614_656


def test_a_corner_is_read_once_an_edge_thrice_and_the_rest_nine_times() -> None:
    alone = np.eye(784).reshape(784, 1, 28, 28)
    read = conv(alone, np.ones((1, 1, 3, 3))).sum(axis=(1, 2, 3)).reshape(28, 28)
    assert (read[0, 0], read[0, 14], read[14, 14]) == (1, 3, 9)
    assert read.sum() == 6_084


def test_the_pooled_grid_of_the_chapter() -> None:
    grid = [[0, 1, 3, 9], [4, 8, 6, 2], [7, 4, 2, 0], [4, 3, 5, 1]]
    np.testing.assert_array_equal(max_pool([[grid]], 2), [[[[8, 9], [7, 5]]]])
