"""The form for the value of a beacon."""

import re

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile

from mingqian.common.text import half_width
from mingqian.drawing.forms import LineField

LARGEST = 10 * 1024 * 1024
_PICTURES = (b"\xff\xd8\xff", b"\x89PNG\r\n")


class ReadingForm(forms.Form):
    """The digits, where they stand, a picture of them."""

    digits = forms.CharField(
        label="公布的号码",
        max_length=200,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        help_text="按公布的次序连写，不加空格和符号；由另一人对照公布的号码复核。",
    )
    source = LineField(
        label="公布的地方", help_text="例如：中国福利彩票官网开奖公告，网址或报纸名称、日期。随记录公示。"
    )
    picture = forms.FileField(
        label="截图或照片",
        help_text="公布页面的截图或照片，JPG 或 PNG，不超过 10 MB。",
        error_messages={"required": "请上传公布页面的截图或照片。"},
    )

    def clean_digits(self) -> str:
        """Drop the blanks by which people group digits."""
        digits = re.sub(r"\s", "", half_width(self.cleaned_data["digits"]))
        if not re.fullmatch("[0-9]+", digits):
            raise ValidationError("号码只能是数字 0–9，请去掉其他字符。")
        return digits

    def clean_picture(self) -> bytes:
        """Keep a picture."""
        file = self.cleaned_data["picture"]
        content: bytes = file.read() if isinstance(file, UploadedFile) and (file.size or 0) <= LARGEST else b""
        if not content.startswith(_PICTURES):
            raise ValidationError("请上传 JPG 或 PNG 图片，不超过 10 MB。")
        return content
