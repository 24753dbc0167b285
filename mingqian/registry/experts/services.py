"""The only writers of experts and testing bodies (A9.6). They never enter a draw: nothing of `drawing` reads them."""

from dataclasses import dataclass
from datetime import date

from mingqian.accounts.models import User
from mingqian.common.errors import DomainError
from mingqian.pages.versions import check
from mingqian.registry import registers
from mingqian.registry.differences import HIDDEN, differences, expert_texts
from mingqian.registry.experts.states import ExpertKind
from mingqian.registry.guards import check_officer, key_of_expert
from mingqian.registry.models.experts import Expert
from mingqian.registry.states import RegisterKind


@dataclass(slots=True)
class ExpertValues:
    """An expert as a form gives it. `contact` None leaves the one on record."""

    kind: str
    name: str
    speciality: str
    organisation: str = ""
    qualification: str = ""
    qualification_number: str = ""
    valid_from: date | None = None
    valid_until: date | None = None
    contact: str | None = None
    active: bool = True


def _check(values: ExpertValues) -> None:
    if values.kind not in ExpertKind.values:
        raise DomainError("请选择类别：专家或检测机构。")
    if not values.name or not values.speciality:
        raise DomainError("请填写名称和专业或检测项目。")
    if values.valid_from and values.valid_until and values.valid_until < values.valid_from:
        raise DomainError(f"资质有效期至 {values.valid_until} 早于有效期自 {values.valid_from}，请改正。")


def _fill(expert: Expert, values: ExpertValues) -> bool:
    """Take `values` over; say whether the contact changed."""
    for name in (
        "kind",
        "name",
        "speciality",
        "organisation",
        "qualification",
        "qualification_number",
        "valid_from",
        "valid_until",
        "active",
    ):
        setattr(expert, name, getattr(values, name))
    if values.contact is None or values.contact == expert.contact():
        return False
    expert.set_contact(values.contact)
    return True


def _refuse_twice(expert: Expert) -> None:
    others = Expert.objects.filter(
        organ=expert.organ, kind=expert.kind, name=expert.name, organisation=expert.organisation
    )
    if others.exclude(pk=expert.pk).exists():
        raise DomainError("名册里已有同一单位的同名专家或机构，请查找并修改。")


def add_expert(user: User, values: ExpertValues) -> Expert:
    """Put an expert or a testing body on the list of the user's organ (A9.6)."""
    organ = user.organ
    check_officer(user, organ)
    _check(values)
    with registers.writing(user, organ, RegisterKind.EXPERTS) as act:
        expert = Expert(organ=organ, number=f"ZJ-{act.number():04d}")
        _fill(expert, values)
        _refuse_twice(expert)
        expert.save()
        act.record("expert.add", key_of_expert(organ, expert.number), [expert], name=expert.name)
    return expert


def change_expert(user: User, expert: Expert, values: ExpertValues, *, seen: str = "", why: str = "") -> list[str]:
    """Change one expert, and return what changed, in words; raise EditedMeanwhileError where the row left the version `seen`."""
    check_officer(user, expert.organ)
    _check(values)
    with registers.writing(user, expert.organ, RegisterKind.EXPERTS) as act:
        expert = Expert.objects.select_related("organ").get(pk=expert.pk)
        check(seen, expert)
        before = expert_texts(expert)
        contact = _fill(expert, values)
        _refuse_twice(expert)
        fields = differences(before, expert_texts(expert))
        if contact:
            fields.append(["联系方式", "", HIDDEN])
        changed = [title for title, _old, _new in fields]
        if changed:
            expert.save()
            key = key_of_expert(expert.organ, expert.number)
            act.record("expert.change", key, [expert], fields, changed="、".join(changed), why=why)
    return changed
