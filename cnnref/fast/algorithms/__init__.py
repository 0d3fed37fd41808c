"""Ways to compute a layer: the same sums in another order, or fewer multiplies for them."""

from cnnref.fast.algorithms.choose import ALGORITHMS, chosen, computed, explain
from cnnref.fast.algorithms.task import Task

__all__ = ["ALGORITHMS", "Task", "chosen", "computed", "explain"]
