"""Forms of the changes of a draw: what is asked for, the decision, witnesses of a supplement, the training record."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile

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

    def _asked(self, kind: Kind, subject: str, inspector: str, **fields: Any) -> Asked:
        data = self.cleaned_data
        reason, statement = Reason(data["reason"]), data["statement"]
        return Asked(kind, subject, inspector, reason, statement, file=data.get("file"), **fields)


class InspectorForm(StatementForm):
    """Absence or recusal of a drawn inspector (art. 11)."""

    reasons: tuple[Reason, ...] = (*ABSENCES, *RECUSALS)

    all_visits = forms.BooleanField(
        label="检查期间对其他抽中的对象也不能参加",
        required=False,
        help_text="勾选后，这次抽取的后续变更不再抽到此人；此人所在的其他检查组要逐个办理更换。岗位调整的一律如此。",
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

    def asked(self, subject: str, inspector: str) -> Asked:
        """Return the request: a replacement by lot, or an exchange."""
        data = self.cleaned_data
        kind = Kind(data.get("kind") or Kind.INSPECTOR)
        recusal = data["reason"] in RECUSALS
        interest = {"interest": data["interest"], "interest_until": data["interest_until"]} if recusal else {}
        return self._asked(kind, subject, inspector, all_visits=data["all_visits"], **interest)


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
    field_order = ("kind", "reason", "statement", "file", "all_visits", "interest", "interest_until")

    def clean(self) -> dict[str, Any]:
        """Let only a recusal be settled by an exchange."""
        data = super().clean() or {}
        if data.get("kind") == Kind.EXCHANGE and data.get("reason") and data["reason"] not in RECUSALS:
            self.add_error("kind", "互换检查对象只用于回避（第十一条）。因故缺席的，请选择抽签更换。")
        return data


class SubjectForm(StatementForm):
    """A drawn subject is replaced (art. 9, 12)."""

    reasons = (Reason.EXEMPT, Reason.GIVE_WAY)

    def asked(self, subject: str, inspector: str) -> Asked:
        """Return the request."""
        del inspector
        return self._asked(Kind.SUBJECT, subject, "")


class ShortageForm(StatementForm):
    """Too few inspectors: other divisions, or an appointment (art. 10)."""

    reasons = (*ABSENCES, *RECUSALS)

    kind = forms.ChoiceField(
        label="方式",
        choices=[(Kind.INSPECTOR, "跨科室随机抽取：其他科室的人员，或者封存时不参加、现已能够参加的人员加入，抽签决定"), _APPOINTMENT],
        initial=Kind.INSPECTOR,
        widget=forms.RadioSelect,
    )  # fmt: skip
    ground = forms.CharField(
        label="人员不足的书面说明",
        max_length=200,
        help_text="一行文字，报主要领导审定，并随变更公示，例如：本科室可抽人员均已回避。",
        error_messages={"required": "请写明人员不足的情况（第十条）。"},
    )
    coming = forms.MultipleChoiceField(
        label="人员",
        widget=forms.CheckboxSelectMultiple,
        help_text="抽签的，勾选足够的人，连同名单内还能顶替的不少于 2 人；直接委派只勾选一人。",
        error_messages={"required": "请勾选人员。"},
    )
    field_order = ("reason", "statement", "file", "ground", "kind", "coming")

    def __init__(
        self, *args: Any, people: list[Inspector], nobody: bool, marks: Mapping[str, str] | None = None, **kwargs: Any
    ) -> None:
        """Offer `people`, some with a mark; with `nobody` no inspector is replaced, since only subjects were drawn."""
        super().__init__(*args, **kwargs)
        self.people = {one.certificate_number: one for one in people}
        coming, kind, reason = self.fields["coming"], self.fields["kind"], self.fields["reason"]
        if isinstance(coming, forms.MultipleChoiceField):
            told = {number: f"，{mark}" for number, mark in (marks or {}).items()}
            coming.choices = [
                (number, f"{one.name}（{one.division.name}，{number}{told.get(number, '')}）")
                for number, one in self.people.items()
            ]
        if nobody and isinstance(kind, forms.ChoiceField) and isinstance(reason, forms.ChoiceField):
            kind.choices, reason.choices = [_APPOINTMENT], _reasons((Reason.SHORTAGE,))
            kind.initial, reason.initial = Kind.APPOINTMENT, Reason.SHORTAGE

    def clean_ground(self) -> str:
        """Keep it on one line."""
        return a_line(self.cleaned_data["ground"])

    def asked(self, subject: str, inspector: str) -> Asked:
        """Return the request."""
        data = self.cleaned_data
        coming = [self.people[number] for number in data["coming"]]
        return self._asked(Kind(data["kind"]), subject, inspector, ground=data["ground"], coming=coming)


#: The forms of a request; each says by `asked` what it asks for.
RequestForm = InspectorForm | SubjectForm | ShortageForm


class SealForm(CeremonyForm):
    """Witnesses of a supplement and its time limit; at least as many as the draw had."""

    def __init__(self, *args: Any, limits: Limits, former: list[str], **kwargs: Any) -> None:
        """Propose the draw's own witnesses."""
        least = max(limits.witnesses, len(former))
        cited = limits.witnesses_cited if least == limits.witnesses else "不少于抽取时的人数"
        initial: dict[str, Any] = {"open_by": default_open_by()}
        for index, line in enumerate(former):
            initial[f"kind_{index}"], _, initial[f"name_{index}"] = line.partition(" ")
        kwargs.setdefault("initial", initial)
        super().__init__(*args, limits=replace(limits, witnesses=least, witnesses_cited=cited), **kwargs)
        for name in ("publication", "beacon_source", "beacon_round", "beacon_digits", "beacon_due"):
            del self.fields[name]
