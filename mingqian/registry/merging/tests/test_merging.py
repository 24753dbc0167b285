"""Duplicates: found, compared, merged for ever; imports, draws and interests follow the survivor."""

from datetime import timedelta

import pytest
from django.test import Client

from mingqian.common import clock
from mingqian.common.errors import DomainError
from mingqian.documents.imports.states import RowOutcome
from mingqian.documents.models import ImportRow
from mingqian.drawing.draft import selectors as draft_selectors
from mingqian.ledger.verification.selectors import verify_log
from mingqian.registry.imports.states import ImportKind
from mingqian.registry.merging import services as merging_services
from mingqian.registry.merging.selectors import SAME_NAME, SAME_NAME_PLACE, SAME_PLACE, claims_on, likely_duplicates
from mingqian.registry.merging.services import pair_version
from mingqian.registry.models import Flag, Permit, Subject, SubjectChange
from mingqian.registry.overview.selectors import counts_on, subject_on
from mingqian.registry.parts import services as part_services
from mingqian.registry.people import services as people_services
from mingqian.registry.people.selectors import interests_on
from mingqian.registry.people.values import InspectorValues
from mingqian.registry.subjects import services as subject_services
from mingqian.registry.subjects.selectors import exemptions_on, flags_on, subjects_of, why_out
from mingqian.registry.subjects.states import SubjectValues
from mingqian.registry.tests.tables import credit_code, imported, registration_number, xlsx_file
from mingqian.testing import Bureau, fill_registry, make_draft, sealed_draw

pytestmark = pytest.mark.django_db
TODAY = clock.today()


@pytest.fixture
def pair(bureau: Bureau, client: Client) -> tuple[Subject, Subject]:
    """A survivor with a credit code, and a loser with an old number."""
    client.force_login(bureau.officer, backend="django.contrib.auth.backends.ModelBackend")
    add = subject_services.add_subject
    first = SubjectValues(
        name="淄博甲公司",
        credit_code=credit_code(1),
        address="山东省淄博市张店区A路1号",
        responsible_person="王一",
        tags="|外资|",
    )
    second = SubjectValues(
        name="淄博 甲公司",
        registration_number=registration_number(2),
        address="张店区A路一号",
        industry="C26",
        tags="|出口|",
    )
    return add(bureau.officer, first), add(bureau.officer, second)


def merged(bureau: Bureau, pair: tuple[Subject, Subject], **picks: str) -> Subject:
    """Merge the second into the first."""
    return merging_services.merge(bureau.officer, pair[1], pair[0], picks=picks, why="重复登记")


def test_art06_likely_duplicates_are_found(bureau: Bureau, pair: tuple[Subject, Subject]) -> None:
    """A6.1: the same name whatever its blanks and width; the same address and person under another name."""
    add = subject_services.add_subject
    add(bureau.officer, SubjectValues(name="ＡＢ公司", credit_code=credit_code(5), address="周村区新建中路88号"))
    add(bureau.officer, SubjectValues(name="AB公司", credit_code=credit_code(6), address="周村区新建中路88号"))
    for name, n in (("淄博丙公司", 7), ("淄博丁公司", 8)):
        values = SubjectValues(
            name=name, credit_code=credit_code(n), address="桓台县工业园区66号", responsible_person="李四"
        )
        add(bureau.officer, values)
    add(bureau.officer, SubjectValues(name="独一公司", credit_code=credit_code(9), address="桓台县工业园区66号"))
    found = [(group.why, [subject.number for subject in group.subjects]) for group in likely_duplicates(bureau.organ)]
    assert found == [
        (SAME_NAME_PLACE, [credit_code(5), credit_code(6)]),
        (SAME_NAME, [credit_code(1), pair[1].number]),
        (SAME_PLACE, [credit_code(7), credit_code(8)]),
    ]


def test_art06_a_merge_keeps_the_picked_values_and_points_the_loser_to_the_survivor(
    bureau: Bureau, pair: tuple[Subject, Subject]
) -> None:
    """A6.1, A6.3: logged by field, nothing deleted; the loser drops out of lists and draws and says why."""
    assert pair[1].initials == "zbjgs"
    Subject.objects.filter(pk=pair[0].pk).update(initials="")
    survivor = merged(bureau, pair, industry="loser", tags="both", address="survivor", name="loser")
    assert survivor.initials == "zbjgs"
    loser = Subject.objects.get(pk=pair[1].pk)
    survivor.refresh_from_db()
    assert (survivor.industry, survivor.name, survivor.address) == ("C26", "淄博 甲公司", pair[0].address)
    assert survivor.tag_names == tuple(sorted(("外资", "出口")))
    assert (loser.merged_into, why_out(loser), loser.industry) == (survivor, "merged", "C26")
    assert list(subjects_of(bureau.organ)) == [survivor]
    logged = set(SubjectChange.objects.values_list("subject", "field"))
    assert logged == {
        (survivor.pk, "name"),
        (survivor.pk, "industry"),
        (survivor.pk, "tags"),
        (loser.pk, "merged_into_id"),
    }
    assert list(likely_duplicates(bureau.organ)) == []
    assert verify_log().sound


def test_art06_what_the_loser_holds_goes_to_the_survivor(bureau: Bureau, pair: tuple[Subject, Subject]) -> None:
    """A6.1, A9.2, A11.2, A12.3: what is in force is copied once, what is over or withdrawn is not."""
    officer, (survivor, loser) = bureau.officer, pair
    long_ago = TODAY - timedelta(days=100)
    part_services.add_permit(officer, loser, name="民爆许可", number="1", since=long_ago)
    part_services.add_permit(officer, loser, name="旧许可", number="2", since=long_ago, until=long_ago)
    part_services.add_permit(officer, survivor, name="民爆许可", number="9", since=long_ago)
    part_services.add_flag(officer, loser, kind="serious", source="市应急局", since=long_ago)
    wrong = part_services.add_flag(officer, loser, kind="dishonest", source="市中院", since=long_ago)
    part_services.withdraw_part(officer, wrong, why="录错")
    part_services.add_exemption(officer, loser, code="miansao", basis="文件", source="市发改委", since=long_ago)
    division = bureau.divisions["jieneng"]
    inspector = people_services.add_inspector(
        officer, InspectorValues(name="张三", certificate_number="15030001", division=division.name), division
    )
    people_services.add_interest(officer, inspector, loser, kind="relative", since=long_ago, note="配偶")
    merged(bureau, pair)
    assert set(Permit.objects.filter(subject=survivor).values_list("number", flat=True)) == {"1", "9"}
    assert flags_on(bureau.organ, TODAY) == {survivor.number: ["serious"]}
    assert list(exemptions_on(bureau.organ, TODAY)) == [survivor.number]
    interests = interests_on(bureau.organ, TODAY).filter(subject=survivor)
    assert [(row.inspector, row.note) for row in interests] == [(inspector, "配偶")]
    assert (Permit.objects.filter(subject=loser).count(), Flag.objects.filter(subject=loser).count()) == (2, 2)
    assert verify_log().sound


def test_art11_of_two_like_things_the_one_that_lasts_longer_holds_after_a_merge(
    bureau: Bureau, pair: tuple[Subject, Subject]
) -> None:
    """A9.2, A11.2, A12.3: a shorter one on the survivor's record does not end what goes on for the loser."""
    officer, (survivor, loser) = bureau.officer, pair
    since, soon, later = TODAY - timedelta(days=9), TODAY + timedelta(days=9), TODAY + timedelta(days=10)
    division = bureau.divisions["jieneng"]
    person = InspectorValues(name="张三", certificate_number="15030001", division=division.name)
    inspector = people_services.add_inspector(officer, person, division)
    for subject, until in ((survivor, soon), (loser, None)):
        people_services.add_interest(officer, inspector, subject, kind="shareholding", since=since, until=until)
        part_services.add_flag(officer, subject, kind="serious", source="市应急局", since=since, until=until)
        part_services.add_exemption(
            officer, subject, code="miansao", basis="文件", source="市发改委", since=since, until=until
        )
    merged(bureau, pair)
    assert interests_on(bureau.organ, later).filter(subject=survivor).count() == 1
    assert flags_on(bureau.organ, later) == {survivor.number: ["serious"]}
    assert list(exemptions_on(bureau.organ, later)) == [survivor.number]
    assert verify_log().sound


def test_art06_the_next_table_finds_the_survivor_by_the_losers_codes(
    bureau: Bureau, pair: tuple[Subject, Subject]
) -> None:
    """A6.1: not created anew; codes and name of the survivor stay, other values are taken; parts go to the survivor too."""
    survivor = merged(bureau, pair)
    head = ["名称", "注册号", "统一社会信用代码", "法定代表人", "地址"]
    number = pair[1].registration_number
    batch = imported(bureau.officer, xlsx_file([head, ["淄博甲旧公司", number, "", "赵六", ""]]))
    row = ImportRow.objects.get(of=batch)
    assert (row.outcome, row.number) == (RowOutcome.UPDATED, survivor.number)
    assert "按已并入的对象的代码找到" in row.reason
    survivor.refresh_from_db()
    found = (survivor.name, survivor.responsible_person, survivor.registration_number)
    assert found == ("淄博甲公司", "赵六", "")
    assert Subject.objects.count() == 2
    again = imported(bureau.officer, xlsx_file([head, ["淄博甲旧公司", number, "", "赵六", ""]]))
    assert again.unchanged == 1
    both = [head, ["淄博甲公司", "", survivor.number, "", ""], ["淄博甲旧公司", number, "", "", ""]]
    batch = imported(bureau.officer, xlsx_file(both))
    assert [*ImportRow.objects.filter(of=batch).values_list("code", flat=True)] == ["", "twice-in-file"]
    flags = [["代码", "标记", "来源", "日期"], [number, "失信", "市中院", "2026-01-01"]]
    imported(bureau.officer, xlsx_file(flags), ImportKind.FLAGS)
    assert flags_on(bureau.organ, TODAY) == {survivor.number: ["dishonest"]}
    assert verify_log().sound


def test_art06_odd_merges_are_refused(bureau: Bureau, pair: tuple[Subject, Subject]) -> None:
    """A6.1, bad input: with itself, a chain, a cycle, the wrong way round, without a reason, after somebody else's change."""
    officer, (first, second) = bureau.officer, pair
    third = subject_services.add_subject(officer, SubjectValues(name="淄博丙公司", credit_code=credit_code(3)))
    merge = merging_services.merge
    with pytest.raises(DomainError, match="并入它自己"):
        merge(officer, first, first, picks={}, why="重复")
    with pytest.raises(DomainError, match="保留有代码的一方"):
        merge(officer, first, second, picks={}, why="重复")
    with pytest.raises(DomainError, match="理由"):
        merge(officer, second, first, picks={}, why="")
    with pytest.raises(DomainError, match="选择保留"):
        merge(officer, second, first, picks={"name": "both"}, why="重复")
    seen = pair_version(first, second)
    subject_services.change_subject_by_hand(officer, second, SubjectValues(name="新名称", status="active"))
    with pytest.raises(DomainError, match="重新核对"):
        merge(officer, second, first, picks={}, why="重复", seen=seen)
    merge(officer, second, first, picks={}, why="重复")
    with pytest.raises(DomainError, match="已经并入"):
        merge(officer, second, third, picks={}, why="重复")
    with pytest.raises(DomainError, match="已经并入"):
        merge(officer, first, second, picks={}, why="重复")
    with pytest.raises(DomainError, match="不能再修改"):
        subject_services.change_subject_by_hand(officer, second, SubjectValues(name="再改"))
    with pytest.raises(DomainError, match="不能再修改"):
        part_services.add_permit(officer, second, name="许可", number="1", since=TODAY)


def test_art06_what_was_merged_into_the_loser_follows_it(bureau: Bureau, pair: tuple[Subject, Subject]) -> None:
    """A6.1: three records of one: all point to the last survivor, never a chain; each step is in the log."""
    merged(bureau, pair)
    last = subject_services.add_subject(bureau.officer, SubjectValues(name="淄博甲", credit_code=credit_code(3)))
    first = Subject.objects.select_related("organ", "merged_into").get(pk=pair[0].pk)
    merging_services.merge(bureau.officer, first, last, picks={}, why="三次登记")
    assert set(last.merged.all()) == set(pair)
    assert verify_log().sound


def test_art06_before_the_merge_both_are_there(bureau: Bureau, pair: tuple[Subject, Subject]) -> None:
    """A6.3: as of a day."""
    Subject.objects.update(registered_at=clock.now() - timedelta(days=20))
    merged(bureau, pair)
    yesterday = TODAY - timedelta(days=1)
    assert (counts_on(bureau.organ, yesterday).total, counts_on(bureau.organ, TODAY).total) == (2, 1)
    loser = Subject.objects.get(pk=pair[1].pk)
    assert subject_on(loser, yesterday).subject.merged_into_id is None


def test_art06_a_draw_under_way_keeps_its_number_and_is_named(bureau: Bureau) -> None:
    """A6.1: the warning names the draw; a new pool has the survivor only."""
    fill_registry(bureau)
    draw = sealed_draw(bureau)
    first, second = Subject.objects.select_related("organ", "merged_into").order_by("number")[:2]
    claims = claims_on(bureau.organ, (first.number,))
    assert len(claims) == 1
    assert draw.draw_id in claims[0]
    merging_services.merge(bureau.officer, second, first, picks={}, why="重复登记")
    numbers = [row[0] for row in draft_selectors.pool_of(make_draft(bureau, scope="2026-02")).subjects]
    assert first.number in numbers
    assert second.number not in numbers


def test_art06_the_pages_lead_from_the_list_to_the_irrevocable_act(
    bureau: Bureau, pair: tuple[Subject, Subject], client: Client
) -> None:
    """A6.1: side by side, then exactly what will be fixed, then done; nothing typed is lost."""
    survivor, loser = pair
    page = client.get("/registry/subjects/duplicates/").content.decode()
    assert "1 组 · 2 家" in page
    url = f"/registry/subjects/merge/?a={survivor.number}&b={loser.number}"
    assert "对比两个对象" in client.get(url).content.decode()
    data = {"keep": "a", "pick-industry": "b", "pick-tags": "both", "pick-address": "a", "pick-name": "a"}
    empty = client.post(url, data | {"step": "review", "why": " "})
    assert (empty.status_code, "请填写合并的理由" in empty.content.decode()) == (400, True)
    wrong = client.post(url, data | {"step": "review", "why": "重复", "keep": "b"})
    assert (wrong.status_code, "保留有代码的一方" in wrong.content.decode()) == (400, True)
    review = client.post(url, data | {"step": "review", "why": "重复登记"}).content.decode()
    assert "合并后不能撤回" in review
    assert Subject.objects.filter(merged_into__isnull=False).count() == 0
    seen = pair_version(*Subject.objects.order_by("pk"))
    done = client.post(url, data | {"step": "confirm", "why": "重复登记", "seen": seen})
    assert done["Location"] == f"/registry/subjects/{survivor.number}/"
    page = client.get(f"/registry/subjects/{loser.number}/").content.decode()
    assert "本对象已并入" in page
    assert survivor.number in page
    assert "/edit/" not in page
    assert client.get(f"/registry/subjects/{loser.number}/edit/").status_code == 302
    assert "已并入本对象的" in client.get(f"/registry/subjects/{survivor.number}/").content.decode()
    assert client.get("/registry/subjects/merge/").status_code == 302
    assert client.get(f"/registry/subjects/merge/?a={survivor.number}&b=xxx").status_code == 404
    same = client.get(f"/registry/subjects/merge/?a={survivor.number}&b={survivor.number}").content.decode()
    assert "并入它自己" in same
