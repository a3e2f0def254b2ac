"""The words and codes of errors."""

from reviewer import errors


def test_a_failure_reads_as_what_happened_and_what_to_do() -> None:
    failure = errors.Failure("no such mail", "check the id", "not-found")
    assert str(failure) == "no such mail; check the id"
    assert failure.kind == "not-found"


def test_the_systems_reason_stands_without_its_number() -> None:
    error = PermissionError(13, "Permission denied", "/x")
    assert str(errors.unreadable("/x", error)).startswith("cannot read /x: permission denied; ")
    assert str(errors.unwritable("/x", error)).startswith("cannot write /x: permission denied; ")
    assert errors.reason(OSError("odd")) == "oserror"


def test_exit_codes_are_distinct() -> None:
    codes = [
        getattr(errors, n) for n in ("OK", "BAD_INPUT", "USAGE", "OUR_BUG", "FAIL_ON", "INTERRUPTED", "PIPE_CLOSED")
    ]
    assert codes == [0, 1, 2, 3, 10, 130, 141]
