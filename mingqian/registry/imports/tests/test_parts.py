"""Tables of permits, flags and exemptions from another authority, and the columns of subjects and inspectors beside the first ones."""

from datetime import date
from typing import Any

import pytest
from django.test import Client

from mingqian.accounts import services as accounts
from mingqian.documents.imports.columns import recognise
from mingqian.documents.imports.states import RowOutcome, kind_named
from mingqian.documents.models import Import, ImportRow
from mingqian.ledger.verification.selectors import verify_log
from mingqian.registry.differences import HIDDEN
from mingqian.registry.imports.states import ImportKind
from mingqian.registry.libraries import services as library_services
from mingqian.registry.models import Exemption, Flag, Inspector, Permit, Subject, SubjectChange
from mingqian.registry.subjects import services as subject_services
from mingqian.registry.subjects.states import SubjectValues
from mingqian.registry.tests.tables import checked, credit_code, csv_file, imported, registration_number, xlsx_file
from mingqian.testing import Bureau

pytestmark = pytest.mark.django_db

FLAGS = ["企业名称", "统一社会信用代码", "标记", "信息来源", "文号", "列入日期", "移出日期"]
A, B = credit_code(1), credit_code(2)


@pytest.fixture
def subjects(bureau: Bureau) -> list[Subject]:
    """Four subjects: two with codes, two of one name."""
    accounts.create_field("system", organ=bureau.organ, code="jieneng", name="节能监察")
    library_services.add_library(bureau.officer, code="minbao", name="民爆企业", basis="文件")
    library_services.add_library(bureau.officer, code="yongneng", name="重点用能单位", basis="文件")
    values = [
        SubjectValues(name="淄博甲公司", credit_code=A, address="张店区A路"),
        SubjectValues(name="淄博乙公司", credit_code=B, address="张店区B路"),
        SubjectValues(name="同名公司", registration_number=registration_number(3), address="张店区C路"),
        SubjectValues(name="同名公司", registration_number=registration_number(4), address="张店区D路"),
    ]
    return [subject_services.add_subject(bureau.officer, one) for one in values]


def told(batch: Import) -> list[tuple[str, str]]:
    """Return outcome and code of each row."""
    return [*ImportRow.objects.filter(of=batch).order_by("row").values_list("outcome", "code")]


def test_art06_a_table_brings_industry_scale_credit_fields_libraries_and_tags(
    bureau: Bureau, subjects: list[Subject]
) -> None:
    """A6.1: several names in a cell; a table adds to those on record, since another division's stand there too."""
    library_services.set_libraries(bureau.officer, subjects[0], ["yongneng"])
    head = [
        "名称",
        "统一社会信用代码",
        "行业代码",
        "企业规模",
        "信用等级",
        "业务领域",
        "专项库",
        "标签",
        "登记状态",
        "注销日期",
    ]
    rows = [
        head,
        ["淄博甲公司", A, "2611", "小型企业", "b级", "节能监察", "民爆企业", "外资、出口;外资", "注销", "2026-03-02"],
        ["淄博丙公司", credit_code(7), "C26", "微型", "A", "jieneng", "民爆企业\n重点用能单位", "", "", ""],
    ]
    batch = imported(bureau.officer, xlsx_file(rows))
    assert (batch.taken, batch.updated, batch.refused) == (1, 1, 0)
    first = Subject.objects.get(credit_code=A)
    assert (first.industry, first.scale, first.credit_class, first.status) == ("C2611", "small", "B", "cancelled")
    assert (first.field_codes, first.library_codes) == (("jieneng",), ("minbao", "yongneng"))
    assert first.tag_names == tuple(sorted(("外资", "出口")))
    assert first.status_since == date(2026, 3, 2)
    new = Subject.objects.get(credit_code=credit_code(7))
    assert (new.library_codes, new.industry) == (("minbao", "yongneng"), "C26")
    assert new.registered_at is not None
    assert imported(bureau.officer, xlsx_file(rows)).unchanged == 2
    assert verify_log().sound


def test_art06_an_import_logs_every_field_that_it_changes(bureau: Bureau, subjects: list[Subject]) -> None:
    """A6.3: who, old, new, why with the number of the import; the phone number only as changed; new subjects have no changes."""
    head = ["名称", "统一社会信用代码", "地址", "联系电话", "登记状态", "注销日期"]
    rows = [
        head,
        ["淄博甲公司", A, "周村区X路", "13853312345", "注销", "2026-03-02"],
        ["淄博新公司", credit_code(8), "周村区Y路", "", "", ""],
    ]
    batch = imported(bureau.officer, csv_file(rows))
    changes = {row.field: row for row in SubjectChange.objects.filter(subject=subjects[0])}
    assert set(changes) == {"address", "district", "phone_box", "status", "status_since"}
    assert (changes["address"].old, changes["address"].new) == ("张店区A路", "周村区X路")
    assert (changes["phone_box"].old, changes["phone_box"].new) == ("", HIDDEN)
    assert changes["status"].effective_on == date(2026, 3, 2)
    assert {(row.by, row.why) for row in changes.values()} == {(bureau.officer.actor, f"导入 {batch.number}")}
    assert SubjectChange.objects.count() == 5
    assert verify_log().sound


@pytest.mark.parametrize(
    ("column", "cell", "code", "word"),
    [
        ("行业代码", "C98", "industry-unknown", "C98"),
        ("企业规模", "巨型", "scale-unknown", "巨型"),
        ("信用等级", "优", "credit-unknown", "优"),
        ("业务领域", "节能监察、渔业", "field-unknown", "渔业"),
        ("专项库", "民爆企业;军工", "library-unknown", "军工"),
        ("标签", "a|b", "tag-odd", "竖线"),
        ("标签", "、".join(f"标签{n}" for n in range(21)), "tag-odd", "最多 20 个"),
        ("注销日期", "去年", "date-odd", "去年"),
        ("注销日期", "2999-01-01", "date-odd", "今天以后"),
    ],
)
def test_art06_a_row_with_something_unknown_is_refused_by_name(
    column: str, cell: str, code: str, word: str, bureau: Bureau, subjects: list[Subject]
) -> None:
    """A6.1, bad input: the reason names what the organ does not have, and what it has."""
    batch = checked(bureau.officer, xlsx_file([["名称", "统一社会信用代码", column], ["淄博甲公司", A, cell]]))
    row = ImportRow.objects.get(of=batch)
    assert (row.outcome, row.code) == (RowOutcome.REFUSED, code)
    assert word in row.reason
    if code == "library-unknown":
        assert "民爆企业、重点用能单位" in row.reason


def test_art07_inspectors_bring_fields_and_qualifications(bureau: Bureau, subjects: list[Subject]) -> None:
    """A7.1: once; the same table again changes nothing, and takes nothing away."""
    head = ["姓名", "执法证号", "科室", "业务领域", "资格"]
    held = "注册安全工程师 3720001234 至2027-01-01、内审员（A-1）"
    rows = [head, ["张三", "15030001", "节能科", "节能监察", held]]
    assert imported(bureau.officer, csv_file(rows), ImportKind.INSPECTORS).taken == 1
    inspector = Inspector.objects.get()
    assert [link.field.code for link in inspector.inspector_fields.all()] == ["jieneng"]
    expected = {("注册安全工程师", "3720001234", date(2027, 1, 1)), ("内审员", "A-1", None)}
    assert set(inspector.qualifications.values_list("name", "number", "valid_until")) == expected
    assert imported(bureau.officer, csv_file(rows), ImportKind.INSPECTORS).unchanged == 1
    more = [head, ["张三", "15030001", "节能科", "", "特种设备检验员 T-7"]]
    batch = imported(bureau.officer, csv_file(more), ImportKind.INSPECTORS)
    assert (batch.updated, inspector.qualifications.count(), inspector.inspector_fields.count()) == (1, 3, 1)
    odd = [head, ["张三", "15030001", "节能科", "渔业", "没有编号"]]
    row = ImportRow.objects.get(of=checked(bureau.officer, csv_file(odd), ImportKind.INSPECTORS))
    assert (row.code, "渔业" in row.reason, "没有编号" in row.reason) == ("field-unknown", True, True)
    assert verify_log().sound


def test_art12_flag_tables_are_matched_by_code_or_unique_name(bureau: Bureau, subjects: list[Subject]) -> None:
    """A12.3: credit code, registration number, or a name that only one bears; anything else is refused with its reason."""
    reg = subjects[2].registration_number
    rows: list[list[Any]] = [
        FLAGS,
        ["淄博甲公司", A, "列入严重违法失信名单", "市市场监管局", "1号", "2026-01-05", ""],
        ["乙（旧名）", B, "经营异常", "市市场监管局", "", "2026年1月6日", "2026-12-31"],
        ["", reg, "多次投诉举报", "12345 热线", "", "20260107", ""],
        ["淄博乙公司", "", "失信被执行人", "市中院", "案1", "2026-01-08", ""],
        ["同名公司", "", "失信", "市中院", "", "2026-01-08", ""],
        ["不在名录库公司", "", "失信", "市中院", "", "2026-01-08", ""],
        ["淄博乙公司", credit_code(99), "失信", "市中院", "", "2026-01-08", ""],
        ["淄博甲公司", A, "失信", "", "", "2026-01-08", ""],
        ["淄博甲公司", A, "优秀", "市中院", "", "2026-01-08", ""],
        ["淄博甲公司", A, "失信", "市中院", "", "", ""],
        ["淄博甲公司", A, "失信", "市中院", "", "2026-01-08", "2025-01-08"],
        ["", "", "失信", "市中院", "", "2026-01-08", ""],
        ["淄博甲公司", A, "严重违法", "市市场监管局", "1号", "2026-01-05", ""],
    ]
    batch = imported(bureau.officer, xlsx_file(rows), ImportKind.FLAGS)
    refused = RowOutcome.REFUSED
    assert told(batch) == [
        *[(RowOutcome.TAKEN, "")] * 4,
        (refused, "subject-unclear"),
        (refused, "subject-unknown"),
        (refused, "subject-unknown"),
        (refused, "source-missing"),
        (refused, "flag-unknown"),
        (refused, "date-missing"),
        (refused, "date-order"),
        (refused, "subject-unclear"),
        (RowOutcome.UNCHANGED, ""),
    ]
    assert set(Flag.objects.values_list("subject__number", "kind", "since", "until")) == {
        (A, "serious", date(2026, 1, 5), None),
        (B, "abnormal", date(2026, 1, 6), date(2026, 12, 31)),
        (reg, "complaints", date(2026, 1, 7), None),
        (B, "dishonest", date(2026, 1, 8), None),
    }
    assert {flag.recorded_by for flag in Flag.objects.all()} == {bureau.officer.actor}
    assert "表格里的名称是乙（旧名）" in ImportRow.objects.get(of=batch, row=3).reason
    assert verify_log().sound


def test_art12_flag_tables_brought_again_change_nothing_but_the_end(bureau: Bureau, subjects: list[Subject]) -> None:
    """A12.3: already there is unchanged; a day of removal ends what is there."""
    row = ["淄博甲公司", A, "经营异常", "市市场监管局", "1号", "2026-01-05", ""]
    imported(bureau.officer, csv_file([FLAGS, row]), ImportKind.FLAGS)
    assert imported(bureau.officer, csv_file([FLAGS, row]), ImportKind.FLAGS).unchanged == 1
    batch = imported(bureau.officer, csv_file([FLAGS, [*row[:-1], "2026-02-01"]]), ImportKind.FLAGS)
    assert batch.updated == 1
    assert Flag.objects.get().until == date(2026, 2, 1)
    assert verify_log().sound


def test_art06_permit_tables_renew_what_is_there(bureau: Bureau, subjects: list[Subject]) -> None:
    """A6.1: both dates in one cell; the same number with a later period is the same permit."""
    head = ["单位名称", "许可证名称", "许可证号", "发证机关", "有效期"]
    rows = [head, ["淄博甲公司", "民爆销售许可", "鲁-001", "省工信厅", "2024-01-01至2026-12-31"]]
    assert imported(bureau.officer, xlsx_file(rows), ImportKind.PERMITS).taken == 1
    rows[1][-1] = "2024-01-01至2029-12-31"
    assert imported(bureau.officer, xlsx_file(rows), ImportKind.PERMITS).updated == 1
    permit = Permit.objects.get()
    assert (permit.name, permit.number, permit.issuer, permit.until) == (
        "民爆销售许可",
        "鲁-001",
        "省工信厅",
        date(2029, 12, 31),
    )
    bad = [head, ["淄博乙公司", "民爆销售许可", "", "", "2024-01-01至2023-12-31"]]
    row = ImportRow.objects.get(of=checked(bureau.officer, xlsx_file(bad), ImportKind.PERMITS))
    assert row.code == "permit-missing"
    assert "早于开始日期" in row.reason


def test_art09_exemption_tables_need_basis_source_and_code(bureau: Bureau, subjects: list[Subject]) -> None:
    """A9.2."""
    head = ["企业名称", "社会信用代码", "名单代码", "依据", "来源", "有效期自", "有效期至"]
    rows = [
        head,
        ["淄博甲公司", A, "miansao-2026", "鲁政办〔2026〕1号", "市发改委", "2026-01-01", "2026-12-31"],
        ["淄博乙公司", B, "免扫", "", "", "2026-01-01", "长期"],
    ]
    batch = imported(bureau.officer, xlsx_file(rows), ImportKind.EXEMPTIONS)
    assert told(batch) == [(RowOutcome.TAKEN, ""), (RowOutcome.REFUSED, "list-code-odd")]
    reason = ImportRow.objects.get(of=batch, row=3).reason
    assert "免检依据未填" in reason
    assert "名单来源未填" in reason
    found = Exemption.objects.get()
    assert (found.subject, found.code, found.until) == (subjects[0], "miansao-2026", date(2026, 12, 31))
    assert verify_log().sound


def test_a_preview_shows_the_parts_before_they_are_written(
    bureau: Bureau, subjects: list[Subject], client: Client
) -> None:
    """Nothing is written before it is confirmed; the page shows what would be."""
    client.force_login(bureau.officer, backend="django.contrib.auth.backends.ModelBackend")
    row = ["淄博甲公司", A, "经营异常", "市市场监管局", "1号", "2026-01-05", ""]
    batch = checked(bureau.officer, csv_file([FLAGS, row]), ImportKind.FLAGS)
    page = client.get(f"/imports/{batch.number}/").content.decode()
    for text in ("将这样写入", "列入经营异常名录", "市市场监管局", "2026-01-05"):
        assert text in page
    assert not Flag.objects.exists()


@pytest.mark.parametrize("kind", ImportKind.values)
def test_every_kind_has_a_template_whose_columns_are_recognised(
    kind: str, bureau: Bureau, client: Client, subjects: list[Subject]
) -> None:
    """A6.1: filled in, the template comes back as it is."""
    client.force_login(bureau.officer, backend="django.contrib.auth.backends.ModelBackend")
    content = b"".join(client.get(f"/imports/template.xlsx?kind={kind}"))
    batch = checked(bureau.officer, content, ImportKind(kind))
    keys = {column.key for column in kind_named(kind).columns if column.in_template}
    assert set(batch.mapping) == keys
    assert told(batch)[0][0] == RowOutcome.REFUSED


def test_no_two_columns_of_a_kind_share_a_name() -> None:
    """A title means one column."""
    for kind in ImportKind.values:
        for column in kind_named(kind).columns:
            assert recognise([column.title], kind_named(kind)) == {column.key: 0}


def test_exported_subjects_and_inspectors_come_back_unchanged(
    bureau: Bureau, subjects: list[Subject], client: Client
) -> None:
    """A6.1: everything that is exported is read again, in words."""
    client.force_login(bureau.officer, backend="django.contrib.auth.backends.ModelBackend")
    values = SubjectValues(
        name="淄博甲公司", status="active", industry="C2611", scale="small", credit_class="B", tags="|出口|外资|"
    )
    values.fields, values.libraries = "|jieneng|", "|minbao|yongneng|"
    subject_services.change_subject_by_hand(bureau.officer, subjects[0], values)
    content = b"".join(client.get("/registry/subjects/?export=xlsx"))
    again = imported(bureau.officer, content)
    assert (again.unchanged, again.refused) == (4, 0)
    rows = [
        ["姓名", "执法证号", "科室", "业务领域", "资格"],
        ["张三", "1", "节能科", "节能监察", "内审员 A-1 至2027-01-01"],
    ]
    imported(bureau.officer, csv_file(rows), ImportKind.INSPECTORS)
    content = b"".join(client.get("/registry/inspectors/?export=xlsx"))
    again = imported(bureau.officer, content, ImportKind.INSPECTORS)
    assert (again.unchanged, again.refused) == (1, 0)
