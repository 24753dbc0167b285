"""The form in which the people of a draw are explained."""

from django import forms

from mingqian.drawing.forms import a_line


class GroundForm(forms.Form):
    """Why a draw takes other people than those of the task's division."""

    ground = forms.CharField(
        label="书面说明",
        max_length=200,
        help_text="例如：节能科可抽 3 人，需要 6 个检查组。一行文字，随抽取公示，请不要写个人健康、家庭等情况。",
    )

    def clean_ground(self) -> str:
        """Keep it on one line."""
        return a_line(self.cleaned_data["ground"])
