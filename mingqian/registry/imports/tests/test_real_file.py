"""The 2,122 companies of Zibo go in whole (A6.1)."""

from collections import Counter

import pytest

from mingqian.documents.imports.states import ImportState, RowOutcome
from mingqian.documents.models import ImportRow
from mingqian.ledger.verification.selectors import verify_log
from mingqian.registry.models import Subject
from mingqian.registry.subjects.states import SubjectKind
from mingqian.registry.tests.tables import imported
from mingqian.testing import Bureau

pytestmark = [pytest.mark.django_db, pytest.mark.realdata]


def test_the_real_file_goes_in_whole_and_a_second_time_changes_nothing(bureau: Bureau, real_file: bytes) -> None:
    """A6.1: every company is taken under its credit code; the same file again finds every row unchanged."""
    batch = imported(bureau.officer, real_file, name="zibo-enterprises.csv")
    assert (batch.state, batch.total, batch.taken, batch.refused) == (ImportState.DONE, 2122, 2122, 0)
    assert Subject.objects.count() == 2122
    assert not Subject.objects.filter(credit_code__isnull=True).exists()
    assert Counter(Subject.objects.values_list("kind", flat=True)) == {
        SubjectKind.COMPANY: 1904,
        SubjectKind.SOLE_TRADER: 181,
        SubjectKind.COOPERATIVE: 37,
    }
    assert not Subject.objects.filter(company_type="N/A").exists()
    again = imported(bureau.officer, real_file, name="zibo-enterprises.csv")
    assert (again.state, again.unchanged, again.taken, again.updated) == (ImportState.DONE, 2122, 0, 0)
    assert ImportRow.objects.filter(of=again, outcome=RowOutcome.UNCHANGED).count() == 2122
    assert verify_log().problems == []


def test_the_district_of_nearly_every_real_company_is_recognised(bureau: Bureau, real_file: bytes) -> None:
    """A6.1: from the address, else from the area in the code; seven branches sit in other cities, one address names no district."""
    imported(bureau.officer, real_file, name="zibo-enterprises.csv")
    districts = Counter(Subject.objects.values_list("district", flat=True))
    assert districts["未识别"] == 1
    assert districts["市外"] == 7
    assert districts["张店区"] == 671
    assert districts["高新区"] == 196
    assert districts["文昌湖区"] == 8
    assert len(districts) == 12
