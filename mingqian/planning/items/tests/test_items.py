"""Items and the list: drafted, joined, approved, published in numbered versions that nothing changes any more (art. 2, 4, 5)."""

import json
from datetime import timedelta
from hashlib import sha256

import pytest
from django.core.exceptions import ObjectDoesNotExist
from django.test import Client

from mingqian.accounts import services as accounts
from mingqian.accounts.states import Role
from mingqian.casework.register.differences import compare
from mingqian.casework.register.states import ChangeKind
from mingqian.common import clock
from mingqian.common.errors import DomainError, NotAllowedError
from mingqian.documents.files.services import read
from mingqian.ledger import selectors as ledger
from mingqian.ledger.services import StateConflictError
from mingqian.ledger.verification.selectors import verify_log
from mingqian.pages.versions import EditedMeanwhileError, version_of
from mingqian.planning import scopes
from mingqian.planning.items import selectors as item_selectors, services as item_services
from mingqian.planning.items.selectors import usable_items, version_changes
from mingqian.planning.items.services import ITEMS
from mingqian.planning.items.states import Exemption, ItemKind, Scope
from mingqian.planning.laws import services as law_services
from mingqian.planning.models import ItemRevision, Law, ListVersion
from mingqian.planning.selectors import ITEM_RECORDS
from mingqian.planning.tests import stages
from mingqian.testing import Bureau

pytestmark = pytest.mark.django_db


def test_art02_an_item_without_a_basis_goes_no_further(bureau: Bureau) -> None:
    """A2.1: none written, none linked, an article that is not there."""
    stages.make_law(bureau)
    for bases, why in (
        ("", "没有填写抽查依据"),
        ("《没有的法》第一条", "没有关联"),
        ("《测试节能法》第八十条", "没有第八十条"),
    ):
        row = stages.draft(bureau, bases=bases)
        with pytest.raises(DomainError, match=why):
            ITEMS.submit(bureau.officer, row)


def test_art02_a_plan_takes_only_items_whose_basis_is_in_force(bureau: Bureau) -> None:
    """A2.1: from the day of the repeal the item can be used no more; it stays on the list, marked."""
    version, row, other = stages.listed(bureau)
    today = clock.today()
    end = today + timedelta(days=30)
    law = Law.objects.get(code="CSJN1")
    law_services.repeal_law(stages.regulations(bureau), law, repealed_on=end, successor=None, note="废止")
    assert usable_items(bureau.organ, end - timedelta(days=1)) == [row, other]
    assert usable_items(bureau.organ, end) == []
    assert len(ITEM_RECORDS.lines(version)) == 2


def test_art02_what_lost_its_basis_before_the_approval_is_not_published(bureau: Bureau) -> None:
    """A2.1: joined on a law in force, repealed before the leader decides."""
    law = stages.make_law(bureau)
    version = stages.composed(bureau, stages.consulted(bureau))
    law_services.repeal_law(stages.regulations(bureau), law, repealed_on=clock.today(), successor=None, note="废止")
    with pytest.raises(DomainError, match="已于"):
        ITEMS.publish(bureau.leader, version)
    version.refresh_from_db()
    assert (version.state, version.number) == ("pending", None)


def test_art04_no_item_is_published_without_plain_notes_for_companies(bureau: Bureau) -> None:
    """A4.3: the notes are asked for before an item goes on."""
    stages.make_law(bureau)
    row = stages.draft(bureau, compliance="")
    with pytest.raises(DomainError, match="合规提示"):
        ITEMS.submit(bureau.officer, row)


def test_art05_a_list_is_drafted_consulted_on_approved_and_published(bureau: Bureau) -> None:
    """A5.1: each step by its own people; the digest of what was published stands on the ledger."""
    version, row, other = stages.listed(bureau)
    assert (version.number, version.decided_by, row.state) == (1, bureau.leader, "published")
    assert ITEM_RECORDS.lines(version) == [row, other]
    assert version.document is not None
    content = read(version.document)
    entry = ledger.entries_on(version.ledger_subject).last()
    assert entry is not None
    assert (entry.verb, entry.digest) == ("item-list.publish", sha256(content).hexdigest())
    told = json.loads(content)
    assert [item["code"] for item in told["items"]] == [row.item.code, other.item.code]
    assert told["items"][0]["bases"][0] == {
        "law": "CSJN1", "title": "测试节能法", "number": "", "article": "第二条", "paragraph": "",
    }  # fmt: skip
    assert verify_log().sound


def test_art05_nobody_joins_or_approves_what_they_wrote(bureau: Bureau) -> None:
    """A5.1: not the drafter, not who changed it later, not the composer or the one who joined it."""
    stages.make_law(bureau)
    both = stages.colleague(bureau, Role.DIVISION_OFFICER, "jieneng")
    row = stages.draft(bureau)
    row = ITEMS.write(both, row, stages.values(content="改过"))
    assert row.authors == sorted([bureau.officer.username, both.username])
    row = ITEMS.submit(bureau.officer, row)
    accounts.grant_role("system", user=both, role=Role.REGULATIONS_OFFICER)
    accounts.grant_role("system", user=both, role=Role.LEADER)
    both = type(both).objects.get(pk=both.pk)
    with pytest.raises(NotAllowedError, match="不能审批自己"):
        ITEMS.consult(both, row)
    with pytest.raises(NotAllowedError, match="综合法规科会同"):
        ITEMS.consult(bureau.user(Role.DIVISION_HEAD), row)
    version = stages.composed(bureau, ITEMS.consult(stages.regulations(bureau), row))
    with pytest.raises(NotAllowedError, match="不能审批自己"):
        ITEMS.publish(both, version)
    with pytest.raises(NotAllowedError, match="局领导批准"):
        ITEMS.publish(stages.regulations(bureau), version)
    assert ITEMS.publish(bureau.leader, version).number == 1


def test_art05_what_the_regulations_division_drafts_is_agreed_to_by_the_division_in_charge(bureau: Bureau) -> None:
    """A5.1: 会同 is done by the other side."""
    stages.make_law(bureau)
    author = stages.regulations(bureau)
    row = ITEMS.submit(author, ITEMS.draft(author, bureau.divisions["jieneng"], stages.values()))
    second = stages.colleague(bureau, Role.REGULATIONS_OFFICER, "fagui")
    with pytest.raises(NotAllowedError, match="责任科室"):
        ITEMS.consult(second, row)
    assert ITEMS.consult(bureau.officer, row).state == "consulted"


def test_art05_a_general_item_stays_below_the_ceiling_or_says_why(bureau: Bureau) -> None:
    """A5.2: 5 % by the shipped rules; key items have no ceiling."""
    stages.make_law(bureau)
    row = stages.draft(bureau, ratio=501)
    with pytest.raises(DomainError, match=r"5\.01%"):
        ITEMS.submit(bureau.officer, row)
    row = ITEMS.write(bureau.officer, row, stages.values(ratio=501, ratio_why="去年问题多发"))
    assert ITEMS.submit(bureau.officer, row).state == "submitted"
    key = stages.draft(bureau, ratio=10000, kind=ItemKind.KEY)
    assert item_services.hindrances(key) == []
    assert "第十二条" in item_services.hindrances(stages.draft(bureau, frequency=3))[0]


def test_art05_an_adjustment_shows_word_for_word_what_changed_and_why(bureau: Bureau) -> None:
    """A5.3: the next version; the first stays readable as it was."""
    first, row, other = stages.listed(bureau)
    before = read(first.document) if first.document else b""
    change = stages.change(bureau, row, content="报告的报送情况和质量", why="新法要求")
    change = ITEMS.consult(stages.regulations(bureau), ITEMS.submit(bureau.officer, change))
    gone = ITEMS.draft_change(bureau.officer, other, ChangeKind.WITHDRAW, why="职能划转")
    gone = ITEMS.consult(stages.regulations(bureau), ITEMS.submit(bureau.officer, gone))
    second = stages.published(bureau, change, gone)
    assert second.number == 2
    assert ITEM_RECORDS.lines(second) == [change]
    (changed, parts), (withdrawn, none) = version_changes(second)
    assert [(part.kind, part.text) for part in parts[0].parts] == [("same", "报告的报送情况"), ("new", "和质量")]
    assert (changed.why, withdrawn.why, none) == ("新法要求", "职能划转", [])
    first.refresh_from_db()
    assert first.document is not None
    assert read(first.document) == before
    assert ITEM_RECORDS.lines(first) == [row, other]
    with pytest.raises(DomainError, match="只能调整现行清单"):
        ITEMS.draft_change(bureau.officer, other, ChangeKind.CHANGE)


def test_art05_nothing_published_is_edited(bureau: Bureau) -> None:
    """A5.3: no service writes a published revision or version; a second revision under way is refused."""
    version, row, _other = stages.listed(bureau)
    with pytest.raises(StateConflictError):
        ITEMS.write(bureau.officer, row, stages.values(content="改写"))
    with pytest.raises(StateConflictError):
        ITEMS.drop(bureau.officer, row)
    with pytest.raises(StateConflictError):
        ITEMS.publish(bureau.leader, version)
    with pytest.raises(StateConflictError):
        ITEMS.return_version(bureau.leader, version, remark="再议")
    stages.change(bureau, row, content="另一份")
    with pytest.raises(DomainError, match="已有一份修订"):
        ITEMS.draft_change(bureau.officer, row, ChangeKind.CHANGE)


def test_art05_an_empty_list_is_not_published(bureau: Bureau) -> None:
    """A5.1: neither nothing chosen, nor everything withdrawn."""
    stages.make_law(bureau)
    with pytest.raises(DomainError, match="没有选择"):
        stages.composed(bureau)
    row = stages.consulted(bureau)
    stages.published(bureau, row)
    gone = ITEMS.draft_change(bureau.officer, row, ChangeKind.WITHDRAW, why="不再开展")
    gone = ITEMS.consult(stages.regulations(bureau), ITEMS.submit(bureau.officer, gone))
    with pytest.raises(DomainError, match="空清单"):
        stages.composed(bureau, gone)


def test_a_change_that_changes_nothing_and_one_without_reason_are_refused(bureau: Bureau) -> None:
    """A5.3: why stands beside what."""
    _version, row, other = stages.listed(bureau)
    same = ITEMS.draft_change(bureau.officer, row, ChangeKind.CHANGE)
    assert item_services.hindrances(same) == [
        "调整抽查事项须写明理由（第五条）。",
        "与现行清单没有任何差别。请修改内容，或放弃这份修订。",
    ]
    with pytest.raises(DomainError, match="写明理由"):
        ITEMS.draft_change(bureau.officer, other, ChangeKind.WITHDRAW)


def test_a_returned_version_gives_its_changes_back(bureau: Bureau) -> None:
    """A leader's no says why; the changes wait for another version, and may go back to their authors."""
    stages.make_law(bureau)
    row = stages.consulted(bureau)
    version = stages.composed(bureau, row)
    with pytest.raises(DomainError, match="编入报批"):
        ITEMS.send_back(stages.regulations(bureau), ItemRevision.objects.get(pk=row.pk), remark="等等")
    with pytest.raises(DomainError, match="写明意见"):
        ITEMS.return_version(bureau.leader, version, remark="")
    ITEMS.return_version(bureau.leader, version, remark="频次再议")
    row = ITEMS.send_back(stages.regulations(bureau), ItemRevision.objects.get(pk=row.pk), remark="频次再议")
    assert (row.state, row.remark, row.version) == ("draft", "频次再议", None)
    row = ITEMS.consult(stages.regulations(bureau), ITEMS.submit(bureau.officer, row))
    assert stages.published(bureau, row).number == 1
    assert verify_log().sound


def test_only_one_version_waits_for_a_leader(bureau: Bureau) -> None:
    """The second would be built on a list that may be about to change."""
    stages.make_law(bureau)
    stages.composed(bureau, stages.consulted(bureau))
    with pytest.raises(DomainError, match="等待领导批准"):
        stages.composed(bureau, stages.consulted(bureau, name="另一项"))


def test_two_people_who_edit_one_draft_are_shown_both_values(bureau: Bureau, client: Client) -> None:
    """The second loses nothing and decides field by field."""
    stages.make_law(bureau)
    row = stages.draft(bureau)
    seen = version_of(row)
    ITEMS.write(bureau.officer, row, stages.values(content="甲改的"))
    with pytest.raises(EditedMeanwhileError):
        ITEMS.write(bureau.officer, row, stages.values(content="乙改的"), seen=seen)
    client.force_login(bureau.officer, backend="django.contrib.auth.backends.ModelBackend")
    address = f"/planning/items/{row.item.code}/1/edit/"
    page = client.get(address)
    typed = {**posted(page.context["form"]), "seen": page.context["seen"], "content": "丙填的", "act": "save"}
    row.refresh_from_db()
    ITEMS.write(bureau.officer, row, stages.values(content="丁改的", name="丁改的名"))
    clash = client.post(address, typed)
    assert clash.status_code == 409
    text = clash.content.decode()
    assert [word in text for word in ("甲改的", "丙填的", "丁改的", "丁改的名")] == [True] * 4
    carried = dict(clash.context["typed"]) | {"seen": clash.context["seen"], "act": "save"}
    done = client.post(address, carried | {"pick-content": "mine", "pick-name": "theirs"})
    assert done.status_code == 302
    row.refresh_from_db()
    assert (row.content, row.name) == ("丙填的", "丁改的名")


def posted(form: object) -> dict[str, object]:
    """Return what a browser would send for an untouched form."""
    fields = getattr(form, "fields")  # noqa: B009
    values = {name: form.get_initial_for_field(field, name) for name, field in fields.items()}  # type: ignore[attr-defined]
    return {name: "" if value is None else value for name, value in values.items()}


def test_a_wrong_form_keeps_everything_that_was_typed(bureau: Bureau, client: Client) -> None:
    """Errors at the field and summed up; more rows of check points cost nothing typed."""
    client.force_login(bureau.officer, backend="django.contrib.auth.backends.ModelBackend")
    typed = {
        "division": "jieneng",
        "category": "节能",
        "name": "",
        "kind": "general",
        "exemption": "applies",
        "ratio": "百分之五",
        "content": "留住的内容",
        "point_0_materials": "只有材料",
    }
    page = client.post("/planning/items/new/", {**typed, "act": "save"})
    text = page.content.decode()
    assert page.status_code == 400
    assert [w in text for w in ("请填写百分数", "还要写检查要点", "留住的内容", "只有材料")] == [True] * 4
    more = client.post("/planning/items/new/", {**typed, "act": "more"})
    assert "point_5_text" in more.content.decode()
    assert "留住的内容" in more.content.decode()
    assert not ItemRevision.objects.exists()


def test_a_scope_holds_only_what_the_organ_knows(bureau: Bureau) -> None:
    """The structured condition is checked against fields, kinds and libraries; tags are free words."""
    assert scopes.check(bureau.organ, {"kinds": ["company"], "tags": ["两高"], "fields": []}) == {
        "kinds": ["company"],
        "tags": ["两高"],
    }
    for wrong in ({"kinds": ["planet"]}, {"libraries": ["none"]}, {"colour": ["red"]}):
        with pytest.raises(DomainError):
            scopes.check(bureau.organ, wrong)
    row = stages.draft(bureau, scope=Scope(kinds=["company"], tags=["两高"]))
    words = {shown.key: shown.text for shown in item_selectors.fields_of(row, item_selectors.scope_names(bureau.organ))}
    assert words["scope"] == "对象类别：企业；标签：两高"


def test_no_exemption_without_a_word_why_not(bureau: Bureau) -> None:
    """Article 9: where listed companies are not exempt, the reason stands there."""
    stages.make_law(bureau)
    row = stages.draft(bureau, exemption=Exemption.SAFETY)
    assert any("第九条" in text for text in item_services.hindrances(row))


def test_strangers_see_no_drafts_and_a_version_is_public_only_when_published(bureau: Bureau) -> None:
    """A4.2: organs below are seen by what they published."""
    stages.make_law(bureau)
    row = stages.consulted(bureau)
    version = stages.composed(bureau, row)
    with pytest.raises(ObjectDoesNotExist):
        ListVersion.objects.get(number=1)
    ITEMS.publish(bureau.leader, version)
    assert ITEM_RECORDS.public(1, organ__code=bureau.organ.code) == version


def test_several_are_submitted_and_agreed_to_together(bureau: Bureau, client: Client) -> None:
    """What does not go says why; nobody agrees to their own this way either."""
    stages.make_law(bureau)
    good, lacking = stages.draft(bureau), stages.draft(bureau, ratio=None)
    client.force_login(bureau.officer, backend="django.contrib.auth.backends.ModelBackend")
    picks = [f"{row.item.code}/1" for row in (good, lacking)]
    page = client.post("/planning/items/drafts/", {"act": "together", "tick": picks}, follow=True).content.decode()
    assert "已办理 1 份" in page
    assert "还没有填写抽查比例" in page
    client.post("/planning/items/drafts/", {"act": "together", "tick": picks[:1]})
    good.refresh_from_db()
    assert good.state == "submitted"
    client.force_login(stages.regulations(bureau), backend="django.contrib.auth.backends.ModelBackend")
    client.post("/planning/items/drafts/", {"act": "together", "tick": picks[:1]})
    good.refresh_from_db()
    assert good.state == "consulted"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("", "新"),
        ("旧", ""),
        ("每年 1 次", "每年 12 次"),
        ("甲乙丙丁戊", "甲X丙Y戊"),
        ("同", "同"),
        ("一" * 5000, "一" * 4999 + "二"),
    ],
)
def test_a_comparison_loses_no_character(old: str, new: str) -> None:
    """Without what came it is the old text, without what went the new one."""
    parts = compare(old, new)
    assert "".join(part.text for part in parts if part.kind != "new") == old
    assert "".join(part.text for part in parts if part.kind != "old") == new
    assert all(part.text for part in parts)


def test_the_workbench_tells_who_has_to_do_what(bureau: Bureau, client: Client) -> None:
    """Agreeing for the other side, composing, approving, checking again."""
    stages.make_law(bureau)

    def board(role: Role) -> str:
        client.force_login(bureau.user(role), backend="django.contrib.auth.backends.ModelBackend")
        return client.get("/").content.decode()

    row = ITEMS.submit(bureau.officer, stages.draft(bureau))
    assert "会同审核抽查事项：" in board(Role.REGULATIONS_OFFICER)
    assert "会同审核抽查事项：" not in board(Role.DIVISION_OFFICER)
    row = ITEMS.consult(stages.regulations(bureau), row)
    assert "1 个事项待编入清单" in board(Role.REGULATIONS_OFFICER)
    version = stages.composed(bureau, row)
    assert "审批抽查事项清单" in board(Role.LEADER)
    ITEMS.publish(bureau.leader, version)
    end = clock.today() + timedelta(days=3)
    law = Law.objects.get()
    law_services.repeal_law(stages.regulations(bureau), law, repealed_on=end, successor=None, note="废止")
    assert "1 个事项的依据有变化" in board(Role.DIVISION_OFFICER)
