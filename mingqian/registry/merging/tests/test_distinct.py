"""What looks like one subject and is two: found so with a reason, kept, shown, taken back."""

import pytest
from django.test import Client

from mingqian.common.errors import DomainError, NotAllowedError
from mingqian.ledger.models import Entry
from mingqian.ledger.verification.selectors import verify_log
from mingqian.registry.merging import services as merging_services
from mingqian.registry.merging.selectors import likely_duplicates
from mingqian.registry.merging.services import keep_apart, take_back
from mingqian.registry.models import Distinct, Subject
from mingqian.registry.subjects import services as subject_services
from mingqian.registry.subjects.states import SubjectValues
from mingqian.registry.tests.tables import credit_code
from mingqian.testing import Bureau

pytestmark = pytest.mark.django_db


@pytest.fixture
def three(bureau: Bureau, client: Client) -> list[Subject]:
    """Three subjects of one name."""
    client.force_login(bureau.officer, backend="django.contrib.auth.backends.ModelBackend")
    return [
        subject_services.add_subject(bureau.officer, SubjectValues(name="淄博甲公司", credit_code=credit_code(index)))
        for index in (1, 2, 3)
    ]


def groups(bureau: Bureau) -> list[set[str]]:
    """Return the numbers of each group of likely duplicates."""
    return [{subject.number for subject in group.subjects} for group in likely_duplicates(bureau.organ)]


def test_art06_a_pair_that_is_two_does_not_come_up_again(bureau: Bureau, three: list[Subject]) -> None:
    """A6.1: one is found apart from both others, and leaves the group; the others stay in it."""
    one, two, other = three
    keep_apart(bureau.officer, one, two, why="两家单位")
    assert groups(bureau) == [{subject.number for subject in three}], "both still look like the third"
    keep_apart(bureau.officer, other, one, why="两家单位")
    assert groups(bureau) == [{two.number, other.number}]
    keep_apart(bureau.officer, two, other, why="两家单位")
    assert groups(bureau) == []
    assert verify_log().sound


def test_art06_a_finding_is_taken_back_and_stays_on_record(bureau: Bureau, three: list[Subject]) -> None:
    """A6.1, A6.3: reversible; both acts on the log of both subjects."""
    one, two, other = three
    for first, second in ((one, two), (one, other), (two, other)):
        keep_apart(bureau.officer, first, second, why="两家单位")
    row = Distinct.objects.get(one=one, other=two)
    take_back(bureau.officer, row, why="营业执照一致")
    assert groups(bureau) == [{one.number, two.number}]
    with pytest.raises(DomainError, match="已经撤销"):
        take_back(bureau.officer, row, why="再来")
    keep_apart(bureau.officer, one, two, why="复核仍是两家")
    assert Distinct.objects.filter(one=one, other=two).count() == 2
    verbs = list(Entry.objects.filter(subject=f"subject/zibo/{two.number}").values_list("verb", flat=True))
    assert verbs.count("subject.distinct") == 3
    assert verbs.count("subject.distinct-withdraw") == 1
    assert verify_log().sound


def test_what_cannot_be_found_apart_is_refused(bureau: Bureau, three: list[Subject]) -> None:
    """Bad input: no reason, the same one twice, found already, another's business; and what is two is not merged."""
    one, two, _other = three
    with pytest.raises(DomainError, match="请填写认定"):
        keep_apart(bureau.officer, one, two, why=" ")
    with pytest.raises(DomainError, match="两个不同的对象"):
        keep_apart(bureau.officer, one, one, why="x")
    with pytest.raises(NotAllowedError):
        keep_apart(bureau.leader, one, two, why="x")
    row = keep_apart(bureau.officer, one, two, why="两家单位")
    with pytest.raises(DomainError, match="已经认定"):
        keep_apart(bureau.officer, two, one, why="两家单位")
    with pytest.raises(DomainError, match="请填写撤销"):
        take_back(bureau.officer, row, why="")
    with pytest.raises(DomainError, match="已认定不是同一对象（两家单位）"):
        merging_services.merge(bureau.officer, two, one, picks={}, why="重复登记")


def test_art06_the_page_keeps_shows_and_takes_back(bureau: Bureau, three: list[Subject], client: Client) -> None:
    """A6.1: from the comparison to the list, and back."""
    one, two, other = three
    url = f"/registry/subjects/merge/?a={one.number}&b={two.number}"
    empty = client.post(url, {"step": "distinct", "why": "", "keep": "b"})
    assert (empty.status_code, "请填写认定" in empty.content.decode()) == (400, True)
    for pair in ((one, two), (one, other)):
        url = f"/registry/subjects/merge/?a={pair[0].number}&b={pair[1].number}"
        done = client.post(url, {"step": "distinct", "why": "核对执照，两家单位"}, follow=True).content.decode()
        assert "已认定不是同一对象" in done
    assert "1 组 · 2 家" in done
    assert "已认定不是同一对象的 2 对" in done
    assert "核对执照，两家单位" in done
    refused = client.get(url).content.decode()
    assert "请先在“疑似重复”页面撤销认定" in refused
    row = Distinct.objects.filter(other=other).get()
    again = client.post(f"/registry/subjects/duplicates/{row.pk}/withdraw/", {"why": ""}, follow=True).content.decode()
    assert "请填写撤销认定的理由" in again
    back = client.post(
        f"/registry/subjects/duplicates/{row.pk}/withdraw/", {"why": "有误"}, follow=True
    ).content.decode()
    assert "1 组 · 3 家" in back
    assert client.post(f"/registry/subjects/duplicates/{row.pk}/withdraw/", {"why": "有误"}).status_code == 404
