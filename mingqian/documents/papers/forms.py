"""The form in which a bureau words its papers."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from mingqian.common.errors import DomainError
from mingqian.documents.papers.states import PaperKind, check


class WordingForm(forms.Form):
    """One field a part, and why it is changed."""

    def __init__(self, *args: Any, kind: PaperKind, texts: Mapping[str, str], **kwargs: Any) -> None:
        """Show the wording in force."""
        super().__init__(*args, **kwargs)
        self.kind = kind
        for part in kind.parts:
            names = "、".join(f"{{{name}}}" for name in part.names)
            offered = f"可以使用：{names}。" if names else "这里没有可以代入的内容。"
            short = len(part.default) < 40 and "\n" not in part.default
            widget = forms.TextInput() if short else forms.Textarea(attrs={"rows": 4})
            self.fields[part.key] = forms.CharField(
                label=part.label,
                max_length=150 if part.key == "number" else 4000,
                initial=texts[part.key],
                widget=widget,
                help_text=f"{offered}{part.help}默认：{part.default}",
            )
        self.fields["why"] = forms.CharField(
            label="修改原因", max_length=200, help_text="只影响以后取的文号和生成的文书。"
        )

    def clean(self) -> dict[str, Any]:
        """Refuse names that a part does not offer."""
        data = super().clean() or {}
        for part in self.kind.parts:
            if part.key in data:
                try:
                    check(part, data[part.key])
                except DomainError as error:
                    self.add_error(part.key, ValidationError(str(error)))
        return data

    def texts(self) -> dict[str, str]:
        """Return what was entered for every part."""
        return {part.key: self.cleaned_data[part.key] for part in self.kind.parts}
