"""The form in which a version of the list is composed."""

from django import forms

from mingqian.common.text import clean
from mingqian.planning.forms import lines

_AREA = forms.Textarea(attrs={"rows": 2})


class ComposeForm(forms.Form):
    """A version of the list."""

    title = forms.CharField(label="清单名称", max_length=100)
    why = forms.CharField(
        label="编制或调整理由",
        max_length=300,
        widget=_AREA,
        help_text="例如：根据新修正的《……》调整 2 项。长期公开（第五条）。",
    )

    def clean_title(self) -> str:
        """Tidy."""
        return clean(self.cleaned_data["title"])

    def clean_why(self) -> str:
        """Tidy."""
        return lines(self.cleaned_data["why"])
