"""The registry as a whole: completeness by field and district, and as of a day."""

import io
from datetime import timedelta

import pytest
from django.test import Client
from python_calamine import load_workbook

from mingqian.common import clock
from mingqian.registry.models import Subject
from mingqian.registry.overview.selectors import completeness
from mingqian.registry.search.services import MISSABLE
from mingqian.registry.subjects import services as subject_services
from mingqian.registry.subjects.states import SubjectValues
from mingqian.registry.tests.tables import credit_code
from mingqian.testing import Bureau

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer(bureau: Bureau, client: Client) -> Client:
    """Sign the division officer in; four subjects in two districts, one of them a person."""
    values = [
        SubjectValues(name="淄博甲公司", credit_code=credit_code(1), address="张店区A路", phone="13853312345"),
        SubjectValues(name="淄博乙公司", credit_code=credit_code(2), address="张店区B路"),
        SubjectValues(name="淄博丙公司", address="桓台县C路", industry="C26"),
        SubjectValues(name="张三", kind="person", address="桓台县D路"),
    ]
    for one in values:
        subject_services.add_subject(bureau.officer, one)
    client.force_login(bureau.officer, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_art06_completeness_counts_each_field_by_district(bureau: Bureau, officer: Client) -> None:
    """A6.3: a person needs no credit code, a company no ID number; the parts add up to the whole."""
    found = completeness(bureau.organ)
    whole = {figure.key: (figure.asked, figure.missing) for figure in found.whole}
    assert list(whole) == [key for key, _title in MISSABLE]
    assert (whole["credit_code"], whole["id_number"], whole["phone"]) == ((3, 1), (1, 1), (4, 3))
    assert (whole["industry"], whole["address"]) == ((4, 3), (4, 0))
    assert [(name, total) for name, total, _figures in found.districts] == [("张店区", 2), ("桓台县", 2)]
    for position, figure in enumerate(found.whole):
        assert sum(figures[position].missing for _name, _total, figures in found.districts) == figure.missing
        assert sum(figures[position].asked for _name, _total, figures in found.districts) == figure.asked


def test_art06_completeness_links_to_the_list_of_what_is_missing(officer: Client) -> None:
    """A6.3: the link leads to exactly as many subjects as the figure says."""
    page = officer.get("/registry/subjects/completeness/").content.decode()
    assert 'href="/registry/subjects/?missing=phone"' in page
    assert "25.0%" in page
    assert "3 家" in officer.get("/registry/subjects/?missing=phone").content.decode()
    one = officer.get("/registry/subjects/completeness/?district=桓台县").content.decode()
    assert "桓台县 · 2 家" in one
    assert "missing=phone&amp;district=%E6%A1%93" in one
    text = b"".join(officer.get("/registry/subjects/completeness/?export=csv")).decode()
    assert "全部,联系方式,4,1,3,25.0%" in text
    assert "张店区,联系方式,2,1,1,50.0%" in text


def test_art06_the_whole_registry_as_of_a_day(officer: Client, bureau: Bureau) -> None:
    """A6.3: counts by kind, district and status, and all rows as a workbook; a day to come is refused in words."""
    long_ago = clock.now() - timedelta(days=20)
    Subject.objects.exclude(name="淄博丙公司").update(registered_at=long_ago)
    subject = Subject.objects.select_related("organ").get(name="淄博甲公司")
    values = SubjectValues(name="淄博甲集团公司", status="closed", status_since=clock.today())
    subject_services.change_subject_by_hand(bureau.officer, subject, values, why="停业")
    day = clock.today() - timedelta(days=3)
    page = officer.get(f"/registry/subjects/as-of/?on={day}").content.decode()
    assert f"截至{day.year}年{day.month}月{day.day}日的名录库" in page
    assert "共 3 家" in page
    assert "停业" not in page
    assert "停业" in officer.get("/registry/subjects/as-of/").content.decode()
    content = b"".join(officer.get(f"/registry/subjects/as-of/?export=xlsx&on={day}"))
    rows = load_workbook_rows(content)
    assert {row[1] for row in rows[1:]} == {"淄博甲公司", "淄博乙公司", "张三"}
    late = officer.get("/registry/subjects/as-of/?on=2999-01-01")
    assert (late.status_code, "在今天以后" in late.content.decode()) == (400, True)
    assert officer.get("/registry/subjects/as-of/?export=xlsx&on=2999-01-01").status_code == 400


def load_workbook_rows(content: bytes) -> list[list[object]]:
    """Return the rows of a workbook."""
    with_path = load_workbook(io.BytesIO(content))
    return with_path.get_sheet_by_index(0).to_python()  # type: ignore[return-value]
