"""Mutation testing: small faults are planted in the code, one at a time, and must be seen.

`python -m tests.mutation` plants them all with mutmut and runs, for each, the quick tests that
reach it. The settings are in pyproject.toml; docs/contributing/testing.md says what comes out.
"""
