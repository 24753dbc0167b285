"""Forms about pictures, videos and the signed copy of a draw's record."""

from django import forms


class CaptionForm(forms.Form):
    """What a picture or video shows."""

    caption = forms.CharField(
        label="说明", max_length=200, required=False, help_text="例如“监督人献数”。改动前的说明留在留痕里。"
    )


class WithdrawMediaForm(forms.Form):
    """Why a picture or video is withdrawn."""

    why = forms.CharField(
        label="撤下原因",
        max_length=200,
        help_text="例如“拍到了无关人员”“传错了抽取”。至少 4 个字，公开留痕里可以看到有过撤下。",
    )
