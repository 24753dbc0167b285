"""The item lists in public: every version for ever, as page, workbook, PDF and open data, failing bases marked (art. 2, 4, 5)."""

import io
from datetime import timedelta
from hashlib import sha256

import pytest
import python_calamine
from django.test import Client

from mingqian.common import clock
from mingqian.documents.papers import states as paper_states
from mingqian.ledger import selectors as ledger
from mingqian.planning.items.selectors import paper_of
from mingqian.planning.items.services import ITEMS
from mingqian.planning.laws import services as law_services
from mingqian.planning.models import Law, ListVersion
from mingqian.planning.tests import stages
from mingqian.testing import Bureau

pytestmark = pytest.mark.django_db


@pytest.fixture
def two_versions(bureau: Bureau) -> tuple[ListVersion, ListVersion]:
    """A list whose second version changed one item."""
    first, row, _other = stages.listed(bureau)
    change = stages.change(bureau, row, content="报告的报送情况和质量", why="新法要求")
    change = ITEMS.consult(stages.regulations(bureau), ITEMS.submit(bureau.officer, change))
    return first, stages.published(bureau, change)


def test_art05_every_version_stays_readable_by_everybody(
    two_versions: tuple[ListVersion, ListVersion], client: Client
) -> None:
    """A5.3: with what changed, word for word, and why."""
    newest = client.get("/public/items/").content.decode()
    assert "能源利用状况报告检查" in newest
    second = client.get("/public/items/zibo/2/").content.decode()
    assert "<ins>和质量</ins>" in second
    assert "新法要求" in second
    first = client.get("/public/items/zibo/1/").content.decode()
    assert "这是过去的一版" in first
    old = client.get("/public/items/zibo/1/zibo-001/").content.decode()
    assert "和质量" not in old
    assert "和质量" in client.get("/public/items/zibo/2/zibo-001/").content.decode()
    assert client.get("/public/items/zibo/3/").status_code == 404
    assert client.get("/public/items/zibo/1/zibo-999/").status_code == 404


def test_art05_the_open_data_has_the_digest_that_stands_on_the_log(
    two_versions: tuple[ListVersion, ListVersion], client: Client
) -> None:
    """A5.1: and the log tells the act in full."""
    for version in two_versions:
        content = client.get(f"/public/items/zibo/{version.number}/list.json").content
        entry = ledger.entries_on(version.ledger_subject).last()
        assert entry is not None
        assert entry.digest == sha256(content).hexdigest()
        proof = client.get(f"/public/log/entries/{entry.index}/").json()
        assert proof["entry"]["digest"] == entry.digest
    book = b"".join(client.get("/public/items/zibo/2/list.xlsx").streaming_content)  # type: ignore[attr-defined]
    rows = python_calamine.load_workbook(io.BytesIO(book)).get_sheet_by_index(0).to_python()
    assert [row[1] for row in rows] == ["事项编码", "zibo-001", "zibo-002"]


def test_art05_a_version_is_a_paper_that_stays_the_same(
    two_versions: tuple[ListVersion, ListVersion], client: Client
) -> None:
    """A5.1, A5.3: number, day, every item with its bases and the digest of the published file; the same bytes each time."""
    answer = client.get("/public/items/zibo/2/list.pdf")
    assert answer["Content-Type"] == "application/pdf"
    assert answer.content == client.get("/public/items/zibo/2/list.pdf").content
    paper = paper_of(two_versions[1])
    table = next(block for block in paper.blocks if isinstance(block, paper_states.Table))
    assert (paper.title, paper.landscape) == ("测试局抽查事项清单", True)
    assert "第2版" in paper.number
    assert [row[2] for row in table.rows] == ["能源利用状况报告检查\nzibo-001", "储存安全检查\nzibo-002"]
    assert "《测试节能法》第二条、第三条" in table.rows[0]
    assert "一般\n≤ 5%\n每年 1 次" in table.rows[0]
    assert any(
        isinstance(block, paper_states.Note) and str(two_versions[1].document_id) in block.text
        for block in paper.blocks
    )
    assert client.get("/public/items/zibo/3/list.pdf").status_code == 404


def test_art04_companies_read_what_is_asked_of_them(
    two_versions: tuple[ListVersion, ListVersion], client: Client
) -> None:
    """A4.3: plain notes without signing in; no names of staff."""
    page = client.get("/public/items/zibo/2/zibo-001/").content.decode()
    assert "给企业的合规提示" in page
    assert "每年按时报送报告" in page
    for address in ("/public/items/", "/public/items/zibo/2/", "/public/items/zibo/2/zibo-001/"):
        text = client.get(address).content.decode()
        assert "经办人甲" not in text
        assert "分管领导甲" not in text


def test_art02_an_item_whose_basis_fails_is_marked(
    bureau: Bureau, two_versions: tuple[ListVersion, ListVersion], client: Client
) -> None:
    """A2.1: in the list and on its page."""
    law = Law.objects.get(code="CSJN1")
    yesterday = clock.today() - timedelta(days=1)
    assert "依据失效" not in client.get("/public/items/").content.decode()
    law_services.repeal_law(stages.regulations(bureau), law, repealed_on=yesterday, successor=None, note="废止")
    assert client.get("/public/items/").content.decode().count("依据失效，停止抽查") == 2
    assert "依据失效，停止抽查" in client.get("/public/items/zibo/2/zibo-001/").content.decode()


def test_drafts_are_nobodys_business(bureau: Bureau, client: Client) -> None:
    """What no leader approved is not there."""
    stages.make_law(bureau)
    stages.composed(bureau, stages.consulted(bureau))
    page = client.get("/public/items/")
    assert page.status_code == 200
    assert "还没有公布清单" in page.content.decode()
    assert client.get("/public/items/zibo/1/").status_code == 404
