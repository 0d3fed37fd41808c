"""What all tests share."""

import os

os.environ["MPLBACKEND"] = "agg"  # no test opens a window, nor does a process that one starts
