"""Runs mkwrite as a process of its own, from the tree under test."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
MKWRITE = [sys.executable, "-c", "from reviewer.cli import script; script()"]


def spawn(arguments: list[str], **env: str) -> "subprocess.CompletedProcess[str]":
    """Run any program to its end with these variables added; its output is text."""
    return subprocess.run(
        arguments,
        check=False,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
        cwd=ROOT,
        env={**os.environ, **env},
    )


def mkwrite(*arguments: str, **env: str) -> "subprocess.CompletedProcess[str]":
    return spawn([*MKWRITE, *arguments], **env)
