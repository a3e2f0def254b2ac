"""From kernel code to behaviours and tests."""

from rules.testplan import bridge, catalogue
from rules.testplan.catalogue import Sets
from rules.testplan.values import Query


def ids(query: Query) -> list[str]:
    return [hit.behaviour.id for hit in bridge.hits(query)]


def test_a_change_of_documentation_hits_nothing() -> None:
    assert bridge.hits(Query(files=("Documentation/filesystems/locking.rst",), functions=())) == ()


def test_a_part_of_a_word_is_not_the_word() -> None:
    assert "reflink" not in ids(Query(files=("kernel/fork.c",), functions=("moscow_init",)))


def test_an_abbreviation_inside_a_longer_word_is_not_the_abbreviation() -> None:
    assert "buffered-io" not in ids(Query(files=(), functions=("cifs_setup_session",)))
    assert "export-locks" not in ids(Query(files=(), functions=("foofs_release_inode",)))
    assert "aio-uring" not in ids(Query(files=(), functions=("foofs_io_submit_add", "foofs_check_during_mount")))
    assert "reclaim" not in ids(Query(files=(), functions=("foofs_room_left",)))


def test_a_mapped_write_fault_is_told_by_the_function() -> None:
    assert ids(Query(files=("fs/foofs/file.c",), functions=("foofs_page_mkwrite",)))[0] == "mapped-write-fault"


def test_an_operation_of_the_model_counts_without_a_telling_name() -> None:
    query = Query(files=("fs/foofs/file.c",), functions=("foofs_make_ready",))
    found = bridge.hits(query, [("foofs_make_ready", "vm_operations_struct.page_mkwrite")])
    assert found[0].behaviour.id == "mapped-write-fault"
    assert "foofs_make_ready is vm_operations_struct.page_mkwrite" in found[0].evidence


def test_identifiers_of_changed_lines_tell_an_io_error() -> None:
    query = Query(files=("fs/foofs/file.c",), functions=("foofs_fill",), identifiers=("EIO", "folio"))
    assert "io-error" in ids(query)


def test_an_error_in_a_mapped_write_leads_to_error_injection_with_mmap() -> None:
    tests = Sets(catalogue.shipped())
    query = Query(files=("fs/foofs/file.c",), functions=("foofs_page_mkwrite",), identifiers=("EIO",))
    hits = bridge.hits(query)
    answers = bridge.answers(hits, tests, tests.directory("generic"))
    order = sorted(answers, key=lambda index: -bridge.score(answers[index]))
    top = [tests.catalogue.tests[index] for index in order[:5]]
    assert "generic/019" in top
    told = bridge.reasons(answers[tests.index["generic/019"]], hits)
    assert any("mapped write fault" in reason and "mmap" in reason for reason in told)
    assert any("I/O error" in reason for reason in told)


def test_a_test_counts_for_a_behaviour_once_by_its_most_specific_query() -> None:
    tests = Sets(catalogue.shipped())
    hits = bridge.hits(Query(files=("fs/foofs/file.c",), functions=("foofs_page_mkwrite",)))
    for found in bridge.answers(hits, tests, tests.all).values():
        assert len({answer.hit for answer in found}) == len(found)


def test_a_series_of_many_functions_does_not_grow_without_bound() -> None:
    names = tuple(f"foofs_step_{number}_page_mkwrite" for number in range(5000))
    hits = bridge.hits(Query(files=("fs/foofs/file.c",), functions=names))
    assert 1.0 <= hits[0].strength < 3.0


def test_an_answer_to_a_query_of_a_hundred_tests_is_broad() -> None:
    tests = Sets(catalogue.shipped())
    found = bridge.hits(Query(files=("fs/iomap/buffered-io.c",), functions=("iomap_write_iter",)))
    answers = [answer for some in bridge.answers(found, tests, tests.all).values() for answer in some]
    assert {answer.broad for answer in answers} == {True, False}
    assert all(answer.broad == (tests.where(answer.query).bit_count() > 100) for answer in answers)
