"""The form in which a filing is put on record."""

from typing import Any

from django import forms

from mingqian.common import clock
from mingqian.drawing.duties.services import LONGEST_RECEIPT
from mingqian.pages.fields import DayInput


class FiledForm(forms.Form):
    """When the result was filed, and the number of the receipt."""

    on = forms.DateField(label="报备日期", widget=DayInput())
    receipt = forms.CharField(
        label="回执编号", max_length=LONGEST_RECEIPT, help_text="没有编号的，写明报备方式和接收人。登记后不能更改。"
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Begin with today."""
        super().__init__(*args, **kwargs)
        self.fields["on"].initial = clock.today
