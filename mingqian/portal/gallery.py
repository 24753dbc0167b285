"""Sample content for the page of components."""

from typing import Any

from django import forms

from mingqian.pages.charts import Value, columns


class SampleForm(forms.Form):
    """One field of each sort."""

    title = forms.CharField(label="抽取名称", help_text="写在封存文件和抽取记录里，封存后不能修改。")
    ratio = forms.IntegerField(
        label="抽取比例（%）", min_value=1, max_value=100, help_text="一般检查事项的比例应严格限制（第五条）。"
    )
    district = forms.MultipleChoiceField(
        label="区县",
        choices=[("张店区", "张店区"), ("淄川区", "淄川区"), ("博山区", "博山区")],
        widget=forms.CheckboxSelectMultiple,
    )
    reason = forms.CharField(label="理由", widget=forms.Textarea(attrs={"rows": 3}))
    batches = forms.ChoiceField(label="批次", choices=[("1", "不分批"), ("2", "分两批")])


def component_samples() -> dict[str, Any]:
    """Return what the page of components shows."""
    wrong = SampleForm({"title": "", "ratio": "500", "reason": "示例", "batches": "1"})
    visits = [(0, 249, 241, 256), (1, 37, 30, 45), (2, 8, 3, 14), (3, 1, 0, 3)]
    values = [
        Value(f"{k} 次", height, str(height), "soon" if k > 2 else "", low, high) for k, height, low, high in visits
    ]
    return {
        "chart": columns("每家全年受检几次（家数）", values),
        "filter_page": "registry:subjects",
        "filter_query": "district=%E5%BC%A0%E5%BA%97%E5%8C%BA",
        "saved_filters": [
            {"name": "张店区规上企业", "query": "district=%E5%BC%A0%E5%BA%97%E5%8C%BA", "is_default": True},
            {"name": "重点用能单位", "query": "library=yongneng", "is_default": False},
        ],
        "form": SampleForm(initial={"title": "2026年度节能监察抽查"}),
        "wrong_form": wrong,
        "digest": "43a521291d8f7b32f84dd9bb42bbeb8f575e938e57ed56a5cc1998ebef93735c",
    }
