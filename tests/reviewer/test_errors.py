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


def test_exit_codes_are_those_that_are_documented() -> None:
    codes = {name: value for name, value in vars(errors).items() if name.isupper()}
    assert codes == {
        "OK": 0,
        "BAD_INPUT": 1,
        "USAGE": 2,
        "OUR_BUG": 3,
        "FAIL_ON": 10,
        "INTERRUPTED": 130,
        "PIPE_CLOSED": 141,
        "TERMINATED": 143,
    }
