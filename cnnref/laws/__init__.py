"""The laws: statements about convolution, each a function that returns both sides.

`LAWS`, `REFUTED` and `MISTAKES` are all there are; `law.check(implementation)` runs one on any
object with the public names, and `python -m cnnref.laws MODULE` runs them all. Pages cite laws
with `holds` and refuted statements with `fails`. Needs Hypothesis: `pip install cnnref[laws]`.
"""

from cnnref.laws.catalogue import LAWS, MISTAKES, REFUTED, catches
from cnnref.laws.check.checking import report
from cnnref.laws.check.report import Report
from cnnref.laws.counterexamples import Counterexample, Step, counterexample
from cnnref.laws.engine import Law, LawBroken, Outcome, Refuted, law, refuted
from cnnref.laws.exhibits import Exhibit, exhibit
from cnnref.laws.mistakes import Mistake
from cnnref.laws.printed import fails, holds
from cnnref.laws.sides import at_most, refusal, within

__all__ = [  # noqa: RUF022 - by topic
    # all there are
    "LAWS",
    "REFUTED",
    "MISTAKES",
    "catches",
    # to check an implementation
    "report",
    "Report",
    # on pages
    "holds",
    "fails",
    "counterexample",
    "exhibit",
    # to write one
    "law",
    "refuted",
    "at_most",
    "within",
    "refusal",
    # what they are
    "Law",
    "Refuted",
    "Mistake",
    "Outcome",
    "Counterexample",
    "Step",
    "Exhibit",
    "LawBroken",
]
