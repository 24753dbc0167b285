"""Forms of the law library."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from mingqian.accounts.models import Organ
from mingqian.common.text import clean, half_width
from mingqian.pages.fields import ANY, DayInput, FilterForm, offer
from mingqian.planning.laws.selectors import citable_laws
from mingqian.planning.laws.services import EditionValues
from mingqian.planning.laws.states import LawLevel
from mingqian.planning.models.laws import Law

_CODE = re.compile(r"[A-Z0-9][A-Z0-9-]{0,31}")


class EditionForm(forms.Form):
    """A text of a law."""

    title = forms.CharField(label="版本名称", max_length=60, help_text="例如：2018年修正、2007年公布。")
    edition_number = forms.CharField(
        label="本版公布文号", max_length=100, required=False, help_text="例如：主席令第十六号。"
    )
    published_on = forms.DateField(label="公布日期", required=False, widget=DayInput)
    effective_from = forms.DateField(
        label="施行日期", widget=DayInput, help_text="从这一天起按这一版判断依据是否有效。"
    )
    excerpt = forms.BooleanField(
        label="节选：只录入与检查有关的条文", required=False, help_text="条文不在节选里的，依据显示为缺条，补录后消除。"
    )
    text = forms.CharField(
        label="条文",
        widget=forms.Textarea(attrs={"rows": 14}),
        max_length=1_000_000,
        help_text="粘贴纯文本，每一条以“第…条”另起一行；章、节的标题单独成行。先预览拆分结果，再保存。",
    )
    note = forms.CharField(label="说明", max_length=200, required=False)

    def clean_title(self) -> str:
        """Tidy."""
        return clean(self.cleaned_data["title"])

    def clean(self) -> dict[str, Any]:
        """Refuse a text that takes effect before it was made known."""
        data = super().clean() or self.cleaned_data
        published, effective = data.get("published_on"), data.get("effective_from")
        if published and effective and published > effective:
            self.add_error("effective_from", "施行日期早于公布日期，请改正。")
        return data

    def edition(self) -> EditionValues:
        """Return what was filled in."""
        data = self.cleaned_data
        return EditionValues(
            title=data["title"],
            effective_from=data["effective_from"],
            text=data["text"],
            document_number=clean(data["edition_number"]),
            published_on=data["published_on"],
            excerpt=data["excerpt"],
            note=clean(data["note"]),
        )


class LawForm(EditionForm):
    """A law with its first text."""

    name = forms.CharField(label="法律名称", max_length=150, help_text="写全称，不加书名号。")
    code = forms.CharField(
        label="简码", max_length=32, help_text="字母、数字和短横线，例如 JNF2018。全系统唯一，录入后不能改动。"
    )
    level = forms.ChoiceField(
        label="效力层级",
        choices=LawLevel.choices,
        help_text="行政检查须有法律、法规、规章依据（第二条）；只引规范性文件的事项不能送审。",
    )
    issuer = forms.CharField(label="制定机关", max_length=100)
    document_number = forms.CharField(label="文号", max_length=100, required=False)
    field_order = ("name", "code", "level", "issuer", "document_number")

    def clean_name(self) -> str:
        """Tidy; the name is quoted in 《》, so it does not bring its own."""
        name = clean(self.cleaned_data["name"]).removeprefix("《").removesuffix("》")
        if not name:
            raise ValidationError("请填写法律名称。")
        return name

    def clean_code(self) -> str:
        """Take plain upper-case signs."""
        code = half_width(clean(self.cleaned_data["code"])).upper()
        if not _CODE.fullmatch(code):
            raise ValidationError("简码只能用字母、数字和短横线，以字母或数字开头。")
        return code

    def law_values(self) -> dict[str, Any]:
        """Return what `laws.add_law` takes."""
        data = self.cleaned_data
        names = ("code", "name", "issuer", "document_number")
        return {
            **{name: clean(data[name]) for name in names},
            "level": LawLevel(data["level"]),
            "edition": self.edition(),
        }


class RepealForm(forms.Form):
    """The end of a law."""

    repealed_on = forms.DateField(
        label="废止日期", widget=DayInput, help_text="从这一天起不再有效。可以早于今天（补录），也可以是将来。"
    )
    successor = forms.ChoiceField(
        label="替代的法律", required=False, help_text="没有替代的不选；新法尚未入库的，请先录入。"
    )
    note = forms.CharField(label="废止说明", max_length=200, help_text="例如：根据……公告废止。")

    def __init__(self, *args: Any, law: Law, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.laws = {one.code: one for one in citable_laws(law.organ).exclude(pk=law.pk)}
        offer(self, "successor", [("", "没有"), *((code, one.name) for code, one in self.laws.items())])

    def clean_successor(self) -> Law | None:
        """Return the law."""
        return self.laws.get(self.cleaned_data["successor"])

    def clean_note(self) -> str:
        """Tidy."""
        return clean(self.cleaned_data["note"])


class LawFilterForm(FilterForm):
    """What the list of laws is narrowed to."""

    q = forms.CharField(label="名称、文号或条文内容", required=False, max_length=100)
    level = forms.ChoiceField(label="效力层级", choices=[ANY, *LawLevel.choices], required=False)
    state = forms.ChoiceField(
        label="状态",
        choices=[ANY, ("in_force", "现行有效"), ("coming", "尚未施行"), ("repealed", "已废止")],
        required=False,
    )


class LinkForm(forms.Form):
    """Which law a cited name means."""

    title = forms.CharField(widget=forms.HiddenInput, max_length=200)
    law = forms.ChoiceField(label="库中的法律")

    def __init__(self, *args: Any, organ: Organ, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.laws = {one.code: one for one in citable_laws(organ)}
        offer(self, "law", [(code, one.name) for code, one in self.laws.items()])
