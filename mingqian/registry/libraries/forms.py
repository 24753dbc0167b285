"""Forms of libraries (专项库)."""

from typing import Any

from django import forms

from mingqian.pages.fields import offer
from mingqian.registry.models.libraries import Library
from mingqian.registry.models.subjects import Subject


class LibraryForm(forms.Form):
    """A library (专项库)."""

    code = forms.RegexField(
        r"^[a-z0-9][a-z0-9-]{0,31}$",
        label="专项库代码",
        help_text="小写英文字母、数字和 -，例如 zdyn-01；抽查事项按代码引用，建库后不能改动。",
        error_messages={"invalid": "专项库代码只能用小写英文字母、数字和 -，最多 32 个字符。"},
    )
    name = forms.CharField(label="专项库名称", max_length=60)
    basis = forms.CharField(label="建库依据", max_length=300, help_text="文件名称和文号，或管理需要。")
    active = forms.BooleanField(
        label="在用", required=False, initial=True, help_text="停用后不再加入新的对象；已在库中的和以前的抽取不受影响。"
    )

    def __init__(self, *args: Any, library: Library | None = None, **kwargs: Any) -> None:
        if library is not None:
            names = ("code", "name", "basis", "active")
            kwargs.setdefault("initial", {name: getattr(library, name) for name in names})
        super().__init__(*args, **kwargs)
        self.fields["code"].disabled = library is not None
        if library is None:
            del self.fields["active"]


class PasteForm(forms.Form):
    """Codes of subjects, pasted from a table or a letter."""

    codes = forms.CharField(
        label="代码",
        max_length=200_000,
        widget=forms.Textarea(attrs={"rows": 10}),
        help_text="统一社会信用代码、注册号或登记号，一行一个，或用逗号、空格隔开。",
    )


class SubjectLibrariesForm(forms.Form):
    """In which libraries a subject is."""

    libraries = forms.MultipleChoiceField(label="专项库", required=False, widget=forms.CheckboxSelectMultiple)
    why = forms.CharField(label="原因", max_length=200, required=False, help_text="随改动留痕。")

    def __init__(self, *args: Any, subject: Subject, **kwargs: Any) -> None:
        held = subject.library_codes
        kwargs.setdefault("initial", {"libraries": list(held)})
        super().__init__(*args, **kwargs)
        rows = [row for row in Library.objects.filter(organ=subject.organ) if row.active or row.code in held]
        choices = [(row.code, row.name if row.active else f"{row.name}（已停用）") for row in rows]
        offer(self, "libraries", choices)
        self.none = not choices
