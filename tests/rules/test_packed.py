"""Data files as they are stored."""

import gzip
import time
import zlib

import pytest

from rules import packed


def test_equal_data_gives_equal_bytes_at_any_time(monkeypatch: pytest.MonkeyPatch) -> None:
    before = packed.pack(b"facts")
    monkeypatch.setattr(time, "time", lambda: 1.0)
    assert packed.pack(b"facts") == before
    assert gzip.decompress(before) == packed.unpack(before) == b"facts"


@pytest.mark.parametrize("data", [b"", b"no gzip file", packed.pack(b"x" * 1000)[:-9]])
def test_what_is_no_whole_file_is_an_error_of_zlib(data: bytes) -> None:
    with pytest.raises(zlib.error):
        packed.unpack(data)


def test_a_length_that_is_not_true_takes_no_memory_and_loses_nothing() -> None:
    data = packed.pack(b"facts")
    with pytest.raises(zlib.error):
        packed.unpack(data[:-4] + b"\xff\xff\xff\xff")
