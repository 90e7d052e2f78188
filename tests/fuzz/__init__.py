"""A seeded mutation fuzzer: damaged files of our own making through the whole program.

``python -m tests.fuzz --help``; CONTRIBUTING.md says how it is used.
"""
