"""What is checked, as the user names it."""

from pathlib import Path
from types import SimpleNamespace

import pytest

from cnnref import literal
from cnnref.laws import LAWS
from cnnref.laws.check.levels import FORMATS, LEVELS, SHAPES, items, level
from cnnref.laws.check.target import ADAPTERS, BadTarget, Target, in_one_mode, subject
from cnnref.laws.offered import offer_of


@pytest.mark.parametrize(
    ("said", "target"),
    [
        ("mine", Target("mine")),
        ("mine.layers", Target("mine.layers")),
        ("mine:layers", Target("mine", "layers")),
        ("work/mine.py:Net.layers", Target("work/mine.py", "Net.layers")),
        ("conv=mine:my_conv", Target("mine", "my_conv", "conv")),
        ("conv=./mine.py:my_conv", Target("./mine.py", "my_conv", "conv")),
        (r"C:\work\mine.py", Target(r"C:\work\mine.py")),
        ("torch", Target("torch")),
    ],
)
def test_words_are_read_as_meant(said: str, target: Target) -> None:
    assert Target.read(said) == target


def test_a_call_is_spelled_as_the_user_would() -> None:
    assert Target.read("conv=work/hw1.py:layers.mine").spelled("conv") == (
        "import hw1",
        "hw1.layers.mine",
    )
    assert Target.read("mine:net").spelled("relu") == ("import mine", "mine.net.relu")
    assert Target.read("pack.mine").spelled("relu") == ("from pack import mine", "mine.relu")
    assert Target.read("scipy").spelled("convolve") == (
        "from cnnref.adapters import scipy",
        "scipy.convolve",
    )


def test_several_targets_are_one_subject_and_the_last_one_wins(tmp_path: Path) -> None:
    (tmp_path / "one_subject.py").write_text("def relu(x):\n    return 1\n\n\ndef f(x): return 2\n")
    file = str(tmp_path / "one_subject.py")
    found = subject([Target(file), Target(file, "f", "relu"), Target("cnnref.literal", "", "")])
    assert found.relu is literal.relu
    found = subject([Target("cnnref.literal"), Target(file, "f", "relu")])
    assert (found.relu(0), found.conv) == (2, literal.conv)


def test_a_module_without_operations_says_what_it_has(tmp_path: Path) -> None:
    (tmp_path / "nothing_known.py").write_text("def conv2d(image, kernel):\n    pass\n")
    with pytest.raises(BadTarget, match=r"correlate=.*nothing_known\.py:conv2d"):
        subject([Target(str(tmp_path / "nothing_known.py"))])


@pytest.mark.parametrize("mode", ["full", "valid", "same"])
@pytest.mark.parametrize("name", ["correlate", "convolve"])
def test_the_one_mode_of_a_function_is_seen_from_the_size_of_its_result(
    name: str, mode: str
) -> None:
    right = getattr(literal, name)
    bridged = in_one_mode(name, lambda x, w: right(x, w, mode=mode))
    offer = offer_of(SimpleNamespace(**{name: bridged}))
    default = {"correlate": "valid", "convolve": "full"}[name]
    lacking = {f"{name}.{other}" for other in ("full", "valid", "same") if other != mode}
    assert offer.missing == (lacking if mode != default else {f"{name}.mode"})
    definition = {"correlate": "correlation", "convolve": "convolution"}[name]
    (law,) = (law for law in LAWS if law.id == f"{definition}.is-its-definition")
    assert law.check(SimpleNamespace(**{name: bridged})).cases == 25


def test_a_result_too_small_by_one_is_still_taken_for_the_nearest_mode() -> None:
    short = in_one_mode("convolve", lambda x, w: literal.convolve(x, w, mode="valid")[:-1, :-1])
    assert short.only_mode == "valid"


def test_every_law_has_a_level_and_every_level_laws() -> None:
    counted = {number: sum(level(law) == number for law in LAWS) for number in LEVELS}
    assert sum(counted.values()) == len(LAWS)
    assert min(counted.values()) > 10
    known = {law.id: level(law) for law in LAWS}
    assert known[SHAPES] == 1
    assert known["padding.refuses-stride-zero"] == 1
    assert known["conv.is-a-sum"] == 2
    assert known["convolution.commutes"] == 3
    assert known["conv.dilation-spreads-the-kernel"] == 4
    assert known["transpose.is-the-adjoint"] == 5
    for glob in FORMATS:
        assert any(law.id.startswith(glob.partition("*")[0]) for law in LAWS), glob


def test_a_law_about_any_operation_is_tried_on_each_that_is_offered() -> None:
    offer = offer_of(SimpleNamespace(relu=literal.relu, conv=literal.conv))
    found = items(offer, 1, ["tensors.inputs-stay", "padding.places-*"])
    told = [(item.law.id, item.operation) for item in found]
    assert told == [
        ("tensors.inputs-stay", "conv"),
        ("tensors.inputs-stay", "relu"),
        ("padding.places-are-counted", ""),
    ]


def test_the_adapters_that_can_be_named_are_those_that_there_are() -> None:
    folder = Path(literal.__file__).parents[1] / "adapters"
    files = {path.stem for path in folder.glob("*.py")} - {"__init__"}
    assert files == set(ADAPTERS)
