"""Work is done once, whether in this process or in others."""

import os

import pytest

from rules import workers
from rules.workers import Workers


def double(rows: list[int], _: object) -> list[int]:
    return [2 * row for row in rows]


def fails(rows: list[int], _: object) -> list[int]:
    raise ValueError(f"bad row {rows[0]}")


def process(rows: list[int], _: object) -> list[int]:
    return [os.getpid() for _ in rows]


def ran(count: int, size: int) -> list[int]:
    found: list[int] = []
    with Workers(count) as given:
        for number in range(9):
            found += given.give(double, [number, 10 + number], size)
        found += given.rest()
        assert list(given.rest()) == []
    return sorted(found)


EXPECTED = sorted(2 * number for start in (0, 10) for number in range(start, start + 9))


def test_one_worker_or_little_work_starts_no_process() -> None:
    with Workers(1) as alone, Workers(2) as few:
        assert alone.give(process, [0], workers._FEW + 1) == []
        assert few.give(process, [0], 1) == []
        assert [*alone.rest(), *few.rest()] == [os.getpid()] * 2


@pytest.mark.parametrize(("count", "size"), [(1, 10), (2, 10), (2, workers._FEW)])
def test_every_row_comes_back_once(count: int, size: int) -> None:
    assert ran(count, size) == EXPECTED


def test_much_work_is_done_elsewhere() -> None:
    with Workers(2) as given:
        found = given.give(process, [0], workers._FEW)
        found += given.rest()
    assert found
    assert os.getpid() not in found


@pytest.mark.parametrize("size", [1, workers._FEW])
def test_an_error_of_the_work_is_the_callers(size: int) -> None:
    with pytest.raises(ValueError, match="bad row 7"), Workers(2) as given:
        given.give(fails, [7], size)
        list(given.rest())
