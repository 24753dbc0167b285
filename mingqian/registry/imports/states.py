"""What tables are imported into, and why a row is refused."""

from django.db import models


class ImportKind(models.TextChoices):
    """The kinds of tables by their names, and what each is read into."""

    SUBJECTS = "subjects", "抽查对象"
    INSPECTORS = "inspectors", "执法检查人员"
    PERMITS = "permits", "许可"
    FLAGS = "flags", "重点监管标记"
    EXEMPTIONS = "exemptions", "免检免扰名单"


#: Reasons for which a row is refused, by code: what they are called where they are counted.
REASONS = {
    "name-missing": "名称未填",
    "name-odd": "名称不像名称",
    "code-wrong": "代码校验不通过",
    "code-lost": "代码被表格软件截断",
    "code-kind": "代码与栏目不符",
    "too-long": "内容过长",
    "date-odd": "日期无法识别",
    "date-order": "有效期起止颠倒",
    "status-unknown": "登记状态无法识别",
    "kind-unknown": "类别无法识别",
    "phone-odd": "联系方式无法识别",
    "certificate-missing": "执法证号未填",
    "certificate-odd": "执法证号不合规",
    "division-missing": "科室未填",
    "division-unknown": "科室不在本机关",
    "sex-unknown": "性别无法识别",
    "answer-unknown": "是或否无法识别",
    "twice-in-file": "文件内重复",
    "in-register": "名录库内已有",
    "conflict": "与名录库冲突",
    "industry-unknown": "行业代码不对",
    "scale-unknown": "规模无法识别",
    "credit-unknown": "信用等级无法识别",
    "field-unknown": "业务领域不在本机关",
    "library-unknown": "专项库不在本机关",
    "tag-odd": "标签不合规",
    "qualification-odd": "资格写法无法识别",
    "subject-unknown": "对象不在名录库",
    "subject-unclear": "对象不能确定",
    "flag-unknown": "标记无法识别",
    "source-missing": "来源未填",
    "basis-missing": "依据未填",
    "list-code-odd": "名单代码不合规",
    "permit-missing": "许可名称或编号未填",
    "date-missing": "日期未填",
}
