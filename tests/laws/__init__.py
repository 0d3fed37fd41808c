"""Tests of the laws, and of the engine that runs them.

The laws are tested three ways: each holds on both implementations, each catches a mistake, and each
mistake is caught. The engine is tested by laws made up here, which are false, empty or unfinished.
`LAWS_PROFILE` chooses how many cases of each law are tried: dev, ci or nightly.
"""
