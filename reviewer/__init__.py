"""Joins mail and kernel: change mapping, the Review value, renderers, the command line, programs that are run."""
