"""Forms of the changes of a draw: what is asked for, the decision, witnesses of a supplement, the training record."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile

from mingqian.drawing.changes.selectors import Group
from mingqian.drawing.changes.states import (
    ABSENCES,
    ARTICLES,
    LONGEST_STATEMENT,
    RECUSALS,
    SHORTEST_STATEMENT,
    Asked,
    Kind,
    Reason,
)
from mingqian.drawing.forms import CHOOSE, CeremonyForm, a_line, default_open_by, offer
from mingqian.drawing.limits import Limits
from mingqian.pages.fields import DayInput
from mingqian.registry.models import Inspector
from mingqian.registry.people.states import InterestKind

LARGEST_FILE = 10 * 1024 * 1024
#: How a file of each kind begins, and what it is called.
_BEGINNINGS = {b"%PDF-": "pdf", b"\xff\xd8\xff": "jpg", b"\x89PNG\r\n": "png"}
_APPOINTMENT = (Kind.APPOINTMENT, "直接委派：非抽签产生，永久公示")


def file_form(content: bytes) -> str:
    """Return `pdf`, `jpg` or `png` by how the content begins, "" for anything else."""
    return next((form for beginning, form in _BEGINNINGS.items() if content.startswith(beginning)), "")


def _reasons(wanted: Iterable[Reason]) -> list[tuple[str, str]]:
    return [CHOOSE, *((str(one), f"{one.label}（{ARTICLES[one]}）") for one in wanted)]


class StatementForm(forms.Form):
    """What every request has: the reason out of the closed list, the statement, its original."""

    reasons: tuple[Reason, ...] = ()

    reason = forms.ChoiceField(label="原因", error_messages={"required": "请选择规定的原因。"})
    statement = forms.CharField(
        label="说明",
        max_length=LONGEST_STATEMENT,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=f"写明具体情况，至少 {SHORTEST_STATEMENT} 个字。加密存档，只有经办人、审批人可以看，不公示。",
        error_messages={"required": "请写明具体情况。"},
    )
    file = forms.FileField(
        label="说明原件",
        required=False,
        help_text="签字的纸质说明扫描件或照片：PDF、JPG、PNG，不超过 10 MB。加密存放。",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer the reasons."""
        super().__init__(*args, **kwargs)
        offer(self, "reason", _reasons(self.reasons))

    def clean_file(self) -> bytes | None:
        """Keep what is a document or picture, and not too large."""
        file = self.cleaned_data["file"]
        if not isinstance(file, UploadedFile):
            return None
        if (file.size or 0) > LARGEST_FILE:
            raise ValidationError("文件超过 10 MB。请压缩后重新选择。")
        content: bytes = file.read()
        if not file_form(content):
            raise ValidationError("只能上传 PDF、JPG、PNG 文件，请重新选择。")
        return content

    def _asked(self, kind: Kind, places: Iterable[tuple[str, str]], **fields: Any) -> Asked:
        data = self.cleaned_data
        reason, statement = Reason(data["reason"]), data["statement"]
        return Asked(kind, sorted(places), reason, statement, file=data.get("file"), **fields)


class InspectorForm(StatementForm):
    """Absence or recusal of a drawn inspector (art. 11)."""

    reasons: tuple[Reason, ...] = (*ABSENCES, *RECUSALS)

    all_visits = forms.BooleanField(
        label="检查期间对其他抽中的对象也不能参加",
        required=False,
        help_text="勾选后，此人在这次抽取里还没有进行的检查一并抽签更换，以后的变更不再抽到此人。岗位调整的一律如此。",
    )
    interest = forms.ChoiceField(
        label="回避的利害关系",
        required=False,
        choices=[("", "不涉及"), *InterestKind.choices],
        help_text="申请回避时必选。封存时记入名录库，以后的抽取不会再抽到一起；不公示。",
    )
    interest_until = forms.DateField(
        label="利害关系至",
        required=False,
        widget=DayInput(),
        help_text="没有期限的留空；曾在该单位任职的必填。",
    )

    others = forms.MultipleChoiceField(
        label="此人在本次抽取中的其他检查",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="同一原因也不能去的，一并勾选：一次说明、一次审批、一次抽签。",
    )

    def __init__(self, *args: Any, others: Mapping[str, str] | None = None, **kwargs: Any) -> None:
        """Offer the other visits of the same person (subject → name)."""
        super().__init__(*args, **kwargs)
        offer(self, "others", list((others or {}).items()))
        if not others:
            del self.fields["others"]

    def asked(self, subject: str, inspector: str) -> Asked:
        """Return the request: a replacement by lot, or an exchange."""
        data = self.cleaned_data
        kind = Kind(data.get("kind") or Kind.INSPECTOR)
        recusal = data["reason"] in RECUSALS
        interest = {"interest": data["interest"], "interest_until": data["interest_until"]} if recusal else {}
        places = {(one, inspector) for one in (subject, *data.get("others", ()))}
        return self._asked(kind, places, all_visits=data["all_visits"], **interest)


class OwnForm(InspectorForm):
    """What a drawn inspector may hand in: a statement of absence, or a wish to stand out."""

    reasons = (*ABSENCES, Reason.RECUSAL_OWN)


class OfficerForm(InspectorForm):
    """What the division asks for: also an exchange."""

    kind = forms.ChoiceField(
        label="方式",
        choices=[(Kind.INSPECTOR, "抽签更换检查人员"), (Kind.EXCHANGE, "与另一名检查人员互换检查对象，由抽签决定（只用于回避）")],
        initial=Kind.INSPECTOR,
        widget=forms.RadioSelect,
    )  # fmt: skip
    field_order = ("kind", "reason", "statement", "file", "others", "all_visits", "interest", "interest_until")

    def clean(self) -> dict[str, Any]:
        """Let only a recusal be settled by an exchange."""
        data = super().clean() or {}
        if data.get("kind") == Kind.EXCHANGE and data.get("reason") and data["reason"] not in RECUSALS:
            self.add_error("kind", "互换检查对象只用于回避（第十一条）。因故缺席的，请选择抽签更换。")
        if data.get("kind") == Kind.EXCHANGE and data.get("others"):
            self.add_error("others", "互换一次只办理一项，请去掉其他检查的勾选，或改为抽签更换。")
        return data


class SubjectForm(StatementForm):
    """A drawn subject is replaced (art. 9, 12)."""

    reasons = (Reason.EXEMPT, Reason.GIVE_WAY)

    def asked(self, subject: str, inspector: str) -> Asked:
        """Return the request."""
        del inspector
        return self._asked(Kind.SUBJECT, [(subject, "")])


class ShortageForm(StatementForm):
    """Too few inspectors: other divisions, or an appointment (art. 10)."""

    reasons = (*ABSENCES, *RECUSALS)

    kind = forms.ChoiceField(
        label="方式",
        choices=[(Kind.INSPECTOR, "跨科室随机抽取：封存时没有参加的人员整组加入，抽签决定"), _APPOINTMENT],
        initial=Kind.INSPECTOR,
        widget=forms.RadioSelect,
    )
    ground = forms.CharField(
        label="人员不足的书面说明",
        max_length=200,
        help_text="一行文字，报主要领导审定，并随变更公示，例如：本科室可抽人员均已回避。",
        error_messages={"required": "请写明人员不足的情况（第十条）。"},
    )
    groups = forms.MultipleChoiceField(
        label="加入抽签的科室",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="封存时同一科室、同一原因没有参加的人员一起加入，不能挑人；合计不少于 2 人。",
    )
    appointed = forms.ChoiceField(label="委派的人员", required=False, help_text="只用于直接委派。")
    field_order = ("reason", "statement", "file", "ground", "kind", "groups", "appointed")

    def __init__(
        self, *args: Any, groups: Iterable[Group], people: Iterable[Inspector], nobody: bool, **kwargs: Any
    ) -> None:
        """Offer `groups` and `people`; with `nobody` no inspector is replaced, since only subjects were drawn."""
        super().__init__(*args, **kwargs)
        held = list(groups)
        self.known = {one.key: (one.unit, one.code) for one in held}
        offer(self, "groups", [(one.key, one.label) for one in held])
        told = [(p.certificate_number, f"{p.name}（{p.division.name}，{p.certificate_number}）") for p in people]
        offer(self, "appointed", [CHOOSE, *told])
        kind, reason = self.fields["kind"], self.fields["reason"]
        if nobody and isinstance(kind, forms.ChoiceField) and isinstance(reason, forms.ChoiceField):
            kind.choices, reason.choices = [_APPOINTMENT], _reasons((Reason.SHORTAGE,))
            kind.initial, reason.initial = Kind.APPOINTMENT, Reason.SHORTAGE
            del self.fields["groups"]

    def clean_ground(self) -> str:
        """Keep it on one line."""
        return a_line(self.cleaned_data["ground"])

    def clean(self) -> dict[str, Any]:
        """Want groups for a lot, a person for an appointment."""
        data = super().clean() or {}
        if data.get("kind") == Kind.APPOINTMENT and not data.get("appointed"):
            self.add_error("appointed", "请选择委派的人员。")
        if data.get("kind") == Kind.INSPECTOR and not data.get("groups"):
            self.add_error("groups", "请勾选加入抽签的科室。")
        return data

    def asked(self, subject: str, inspector: str) -> Asked:
        """Return the request."""
        data, kind = self.cleaned_data, Kind(self.cleaned_data["kind"])
        by_lot = kind != Kind.APPOINTMENT
        return self._asked(
            kind,
            [(subject, inspector)],
            ground=data["ground"],
            groups=[self.known[key] for key in data["groups"]] if by_lot else [],
            appointed="" if by_lot else data["appointed"],
        )


#: The forms of a request; each says by `asked` what it asks for.
RequestForm = InspectorForm | SubjectForm | ShortageForm


class SealForm(CeremonyForm):
    """Witnesses of a supplement and its time limit; at least as many as the draw had."""

    def __init__(self, *args: Any, limits: Limits, former: list[str], place: str = "", **kwargs: Any) -> None:
        """Propose the draw's own witnesses."""
        least = max(limits.witnesses, len(former))
        cited = limits.witnesses_cited if least == limits.witnesses else "不少于抽取时的人数"
        initial: dict[str, Any] = {"open_by": default_open_by(), "place": place}
        for index, line in enumerate(former):
            initial[f"kind_{index}"], _, initial[f"name_{index}"] = line.partition(" ")
        kwargs.setdefault("initial", initial)
        super().__init__(*args, limits=replace(limits, witnesses=least, witnesses_cited=cited), **kwargs)
        for name in ("publication", "beacon_source", "beacon_round", "beacon_digits", "beacon_due"):
            del self.fields[name]
