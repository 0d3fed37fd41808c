"""Other libraries under cnnref's names, one file each, for `cnnref check torch` and its like.

An adapter bridges names, layout and the spelling of options, and nothing else. What the library
lacks is left out, or raises NotImplementedError for that call. What it does differently stays as it
does it, and stands in CONVENTIONS: the law that shows it, and what the library does instead.
"""
