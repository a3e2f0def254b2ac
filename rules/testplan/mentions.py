"""Tests of xfstests that a mail names, read from plain lines of text.

Understood are "generic/019", "generic/{001,019}", "generic/001, 019 and 020", "xfstests.generic.019". Run logs, where
every line names a test that nothing is said of, are left out.
"""

import re
from collections.abc import Iterable, Iterator

from rules.model import Value
from rules.testplan.values import Relation

_LINE_CAP = 4096
_DIRECTORIES = "btrfs|ceph|cifs|ext4|f2fs|generic|nfs|ocfs2|overlay|perf|tmpfs|udf|xfs"
_HINTS = (*(f"{directory}/" for directory in _DIRECTORIES.split("|")), "xfstests.")
_NAMED = rf"(?<![\w/.])(?:tests/)?({_DIRECTORIES})/(\d{{3,4}}(?!\d)|\{{[\d, ]{{3,200}}\}})"
_ROBOT = rf"(?<!\w)xfstests\.({_DIRECTORIES})\.(\d{{3}})(?!\d)"
_FOLLOWING = r"(?:,| and|, and| or|,? &)[ ]{1,2}(\d{3})(?![\w/.])"
_NUMBER = r"\d{3,4}"
_RUNLOG = r"\d+s(?: \.\.\.)?|\[not run\]|\[failed, exit|\.\.\. +\d+s|Ran:|Failures:|\[expunged\]"
_MOST_OF_A_LIST = 20  # a longer list on neighbouring lines is a log

_FAILS = (
    r"\b(?:fail(?:s|ed|ing|ure)?|hang(?:s|ing)?|hung|crash(?:es|ed)?|trigger(?:s|ed)?|regress\w*|corrupt\w*|reproduc\w*"
    r"|warn(?:s|ing)?|oops|bug|deadlock\w*|splat|fix(?:es|ed)?|hit|broke\w*|breaks|lockdep|panic\w*|leak\w*)\b"
)
_PASSES = r"\b(?:pass(?:es|ed|ing)?|no (?:new )?(?:failures|regressions)|survive[sd]?|clean)\b"
_ASKED = (
    r"\b(?:(?:could|can|would|did|have) you|please|should (?:run|test|also)|does (?:it|this) pass"
    r"|try (?:to )?run\w*)\b"
)


class Mention(Value, frozen=True, kw_only=True):
    test: str
    relation: Relation
    line: int  # index into the lines given


def named_tests(lines: Iterable[str]) -> tuple[Mention, ...]:
    """What a mail's own lines name, in order, each test once per relation. Quotes have to be left out by the caller."""
    lines = [line[:_LINE_CAP] for line in lines]
    found: list[Mention] = []
    for number, line in enumerate(lines):
        if not any(hint in line for hint in _HINTS) or re.search(_RUNLOG, line):
            continue
        tests = list(_on_line(line))
        if tests:
            relation = _relation(lines, number)
            found.extend(Mention(test=test, relation=relation, line=number) for test in tests)
    return tuple({(one.test, one.relation): one for one in reversed(_without_logs(found))}.values())[::-1]


def _on_line(line: str) -> Iterator[str]:
    for match in re.finditer(_NAMED, line):
        directory, numbers = match[1], match[2]
        for number in re.findall(_NUMBER, numbers):
            yield f"{directory}/{number}"
        end = match.end()
        following = re.compile(_FOLLOWING)
        while more := following.match(line, end):
            yield f"{directory}/{more[1]}"
            end = more.end()
    for match in re.finditer(_ROBOT, line):
        yield f"{match[1]}/{match[2]}"


def _relation(lines: list[str], number: int) -> Relation:
    """By the words of the line itself, then of the two lines about it."""
    near = (lines[number], *lines[max(number - 1, 0) : number], *lines[number + 1 : number + 2])
    for text in near:
        if re.search(_ASKED, text, re.I):
            return "asked"
        if re.search(_FAILS, text, re.I):
            return "fails"
        if re.search(_PASSES, text, re.I):
            return "passes"
    return "named"


def _without_logs(found: list[Mention]) -> list[Mention]:
    """Drop runs of mentions on neighbouring lines that are too long to be prose."""
    kept: list[Mention] = []
    run: list[Mention] = []
    for mention in found:
        if run and mention.line - run[-1].line > 1:
            kept.extend(run if len(run) <= _MOST_OF_A_LIST else ())
            run = []
        run.append(mention)
    kept.extend(run if len(run) <= _MOST_OF_A_LIST else ())
    return kept
