"""The values of a test plan. `reviewer` turns them into those of its report field by field."""

from collections.abc import Mapping
from typing import Literal

import msgspec

from rules.model import Value

Tier = Literal["regression", "targeted", "group", "soak"]
Relation = Literal["fails", "passes", "asked", "named"]


class Query(Value, frozen=True, kw_only=True):
    """What the ranking is told of a change. Nothing in it comes from a message."""

    files: tuple[str, ...]
    functions: tuple[str, ...]
    identifiers: tuple[str, ...] = ()  # of added and removed lines, with repetitions dropped
    added: int = 0  # lines
    deleted: int = 0
    date: str = ""  # ISO date of the patch; history has to be older. "" when unknown


class Named(Value, frozen=True, kw_only=True):
    """A test that somebody names in the thread."""

    test: str
    relation: Relation
    msgid: str
    who: str = ""


class Ranked(Value, frozen=True, kw_only=True):
    test: str
    score: float
    reasons: tuple[str, ...]
    firm: bool = False  # a behaviour of the change, its own history, an annotation or a person speaks for it
    close: bool = False  # advice on a changed function, an annotation or a person speaks for it


class Suggested(Value, frozen=True, kw_only=True):
    test: str  # "generic/019", "mm: userfaultfd"
    suite: str  # "xfstests", "kselftest", "ltp", "blktests", "stress-ng"
    tier: Tier
    score: float
    reasons: tuple[str, ...]  # each names a table, a mail or a commit that it rests on
    needs: tuple[str, ...] = ()  # devices, programs and kernel options
    said_by: tuple[str, ...] = ()  # message-ids
    family: str = ""  # groups and tools that it shares with look-alikes
    seconds: float | None = None  # from the user's check.time, else the group's usual time; None when unknown
    note: str = ""  # "expected to fail: <expunge line>"


class Run(Value, frozen=True, kw_only=True):
    """A filesystem with mkfs and mount options to run the tests on."""

    filesystem: str
    options: str  # "defaults", "mkfs -b size=1k"
    reason: str
    section: str = ""  # of local.config, "xfs_subpage"
    variant: str = ""  # its key in data/filesystems.toml; "" for a plain run
    mkfs: str = ""
    mount: str = ""
    only: tuple[str, ...] = ()  # tests that it is there for; () for all that can run


class Command(Value, frozen=True, kw_only=True):
    line: str
    where: str = ""  # the directory to run it in, "xfstests", "blktests"; "" for any


class Budget(Value, frozen=True, kw_only=True):
    """The time that a plan has to fit, and what is known of times."""

    seconds: float | None = None  # None: no limit
    measured: Mapping[str, float] = msgspec.field(default_factory=dict)  # test -> seconds, from the user's check.time


class TestPlan(Value, frozen=True, kw_only=True):
    suggestions: tuple[Suggested, ...]
    runs: tuple[Run, ...]
    config: tuple[str, ...]  # "CONFIG_FAIL_MAKE_REQUEST=y"
    commands: tuple[Command, ...]
    local_config: str  # text of a local.config
    behaviours: tuple[str, ...]  # what the change can affect, by the bridge
    told_by: tuple[str, ...] = ()  # for each behaviour the names of the change that point to it
    switched: tuple[str, ...] = ()  # what has to be on for the changed code to run: "fast commits (ext4_fc_replay)"
    notes: tuple[str, ...] = ()
    catalogue: str = ""
    ranked: tuple[Ranked, ...] = ()  # the whole order before it was made a plan
