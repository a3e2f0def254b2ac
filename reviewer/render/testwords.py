"""A plan's reasons in words, and its commands with where to run them.

"group:rw & tool:fsx & !require:odirect" is "group rw, with fsx, without direct I/O".
The JSON keeps the reasons as they are made, so that each can be checked against its table.
"""

import itertools
import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple, Protocol

_KIND = re.compile(r"(?:annotation|advice|history|age|catalogue|tree): ")
# What the tags of the catalogue stand for, where their own names do not say it.
_MEANT = {
    "tool:aio": "asynchronous I/O", "tool:btrfs-prog": "btrfs-progs", "tool:cgroup": "cgroups",
    "tool:copy_range": "copy_file_range", "tool:dax": "DAX", "tool:dio": "direct I/O", "tool:encrypt": "encryption",
    "tool:error-inject-xfs": "error injection of XFS", "tool:falloc": "fallocate",
    "tool:fsdax-mount": "a DAX mount", "tool:fsync-log-replay": "log replay after fsync",
    "tool:hugepage": "huge pages", "tool:loop": "a loop device", "tool:drop-caches": "dropped caches",
    "tool:mmap": "mapped access", "tool:mmap-helper": "a program that maps files", "tool:swap": "a swap file",
    "tool:verity": "fs-verity", "tool:xattr": "extended attributes",
    "syscall:shared-map": "a shared mapping", "syscall:hugepage": "huge pages", "syscall:clone": "FICLONE",
    "require:odirect": "direct I/O", "require:thp": "huge pages", "require:hugepage_fsx": "huge pages in fsx",
    "require:batched_discard": "discard", "require:fstrim": "fstrim", "require:open_by_handle": "file handles",
    "require:test_fcntl_advisory_locks": "file locks", "require:test_fcntl_setlease": "leases",
    "require:scratch_casefold": "casefold", "require:vm_compaction": "memory compaction",
    "flag:soak": "a time to soak", "flag:load_factor": "a load that can be raised",
    "flag:time_factor": "a time that can be raised",
}  # fmt: skip


class Command(Protocol):
    """A line to run, and the directory to run it in, "" for any."""

    @property
    def line(self) -> str: ...

    @property
    def where(self) -> str: ...


class Bridge(NamedTuple):
    """A reason by the table of behaviours."""

    behaviour: str
    evidence: str
    query: str


def bridge(reason: str) -> Bridge | None:
    """The parts of a reason by the table of behaviours, None for another one."""
    body, arrow, query = reason.removeprefix("bridge: ").rpartition(" -> ")
    behaviour, bracket, evidence = body.partition(" (")
    whole = reason.startswith("bridge: ") and arrow and bracket and evidence.endswith(")")
    return Bridge(behaviour, evidence[:-1], query) if whole else None


def told(reason: str) -> str:
    """Any reason as a person would say it."""
    if parts := bridge(reason):
        return f"{parts.behaviour} ({parts.evidence}): {phrase(parts.query)}"
    return _said(reason)


def cause(reason: str) -> str:
    """What of the change speaks for the test, without what the test does: what look-alikes have in common."""
    if parts := bridge(reason):
        return f"{parts.behaviour} ({parts.evidence})"
    return _said(reason)


def _said(reason: str) -> str:
    if reason.startswith("words: "):
        return f"speaks of {reason.removeprefix('words: ').partition(' of the change in ')[0]}"
    if reason.startswith("table: "):
        return f"for {reason.removeprefix('table: ').partition(' -> ')[0]}"
    return reason[kind.end() :] if (kind := _KIND.match(reason)) else reason


def phrase(query: str) -> str:
    """A query over tags in words, alternatives with "or", without what hardly narrows it. Other text stays."""
    return " or ".join(_alternative(one) for one in query.split(" | "))


def _alternative(query: str) -> str:
    groups: list[str] = []
    having: list[str] = []
    lacking: list[str] = []
    foreign: list[str] = []
    for term in query.split(" & "):
        kind, mark, name = term.strip().removeprefix("!").partition(":")
        if not mark:
            foreign.append(term.strip())
        elif kind == "group":
            groups += [] if term.startswith("!") else [name]  # a group that the test is not in tells nothing of it
        else:
            (lacking if term.startswith("!") else having).append(_meaning(kind, name))
    if len(groups) + len(having) > 1 and "auto" in groups:  # nearly every test is in it
        groups.remove("auto")
    parts = [f"{'group' if len(groups) == 1 else 'groups'} {' and '.join(groups)}"] if groups else []
    parts += [f"with {' and '.join(having)}"] if having else []
    parts += [f"without {' and '.join(lacking)}"] if lacking else []
    return ", ".join((*foreign, *parts))


def _meaning(kind: str, name: str) -> str:
    known = _MEANT.get(f"{kind}:{name}")
    if known is not None:
        return known
    if kind == "verb":
        return f"xfs_io {name}"
    if kind == "require":
        return name.removeprefix("scratch_").replace("_", " ")
    return name


def listing(commands: Iterable[Command]) -> Iterator[str]:
    """Commands as lines of a shell, those of one directory below a comment that names it."""
    for where, group in itertools.groupby(commands, key=lambda one: one.where):
        yield f"# in {where}" if where else "# anywhere"
        yield from (one.line for one in group)
