"""One bureau in which everything that a page can show has happened."""

from dataclasses import dataclass
from datetime import timedelta

from mingqian.common import clock
from mingqian.documents.imports import services as import_services
from mingqian.documents.models import Import
from mingqian.drawing.ceremony import services as ceremony_services
from mingqian.drawing.models import Draft, Draw, VoidRequest
from mingqian.drawing.voids import services as void_services
from mingqian.ledger.verification import services as verification_services
from mingqian.portal.demo import bureau as demo_bureau
from mingqian.registry.imports.states import ImportKind
from mingqian.testing import (
    DIGITS,
    Bureau,
    contributed_draw,
    fill_registry,
    make_bureau,
    make_draft,
    opened_draw,
    sealed_draw,
    work_off,
)
from tests.browser.tables import inspectors_workbook

LONG = "2026年度全市工业领域重点用能单位节能监察与民用爆炸物品销售单位安全生产“双随机、一公开”联合抽查（第一批，含重点检查事项）"


@dataclass(frozen=True)
class Stage:
    """The bureau, and its things by what has become of them."""

    bureau: Bureau
    draft: Draft
    sealed: Draw
    overdue: Draw
    closed: Draw
    opened: Draw
    unpublished: Draw
    voided: Draw
    asked: VoidRequest
    waiting: Import
    done: Import
    refused: Import


def _imported(bureau: Bureau, kind: ImportKind, name: str, content: bytes, *, confirm: bool | None) -> Import:
    batch = import_services.upload(bureau.officer, kind=kind, file_name=name, content=content)
    work_off()
    batch.refresh_from_db()
    if confirm is not None:
        import_services.confirm(bureau.officer, batch, all_or_nothing=confirm)
        work_off()
        batch.refresh_from_db()
    return batch


def _voided(bureau: Bureau) -> Draw:
    draw = sealed_draw(bureau, scope="2026-安全生产-01", title="安全生产随机抽查")
    asked = void_services.ask(bureau.officer, draw, reason="开签前现场停电，无法继续")
    return void_services.approve(bureau.leader, asked, remark="同意作废，另行封存").draw


def full_stage() -> Stage:
    """Make it, through the services."""
    bureau = make_bureau()
    fill_registry(bureau)
    voided = _voided(bureau)
    table = demo_bureau.companies().splitlines()
    broken = [*table[:40], table[3], "淄博没有代码有限公司,9137030305623587XX" + "," * 6, "," * 7]
    overdue = sealed_draw(bureau, scope="2026-超期-01", title="工业产品质量随机抽查")
    Draw.objects.filter(pk=overdue.pk).update(open_by=clock.now() - timedelta(hours=5))
    sealed = sealed_draw(bureau, scope="2026-安全生产-01", title=LONG, batches=2)
    ceremony_services.speak(bureau.officer, sealed, position=1, digits=DIGITS[0])
    asked = void_services.ask(bureau.officer, sealed, reason="抽取监督人因故不能到场")
    stage = Stage(
        bureau=bureau,
        draft=make_draft(bureau, scope="2026-草稿-01", left_out={"15030003": "leave"}),
        sealed=sealed,
        overdue=overdue,
        closed=contributed_draw(bureau, scope="2026-待开签-01"),
        opened=opened_draw(bureau),
        unpublished=opened_draw(bureau, scope="2026-以后公布-01", publication="later"),
        voided=voided,
        asked=asked,
        waiting=_imported(
            bureau, ImportKind.SUBJECTS, "企业名单.csv", "\n".join(broken).encode("gb18030"), confirm=None
        ),
        done=_imported(bureau, ImportKind.INSPECTORS, "执法人员.xlsx", inspectors_workbook(), confirm=False),
        refused=_imported(bureau, ImportKind.SUBJECTS, "空表.csv", table[0].encode(), confirm=None),
    )
    verification_services.ask_for_verification(bureau.officer.actor)
    work_off()
    for each in (stage.sealed, stage.overdue, stage.closed):
        each.refresh_from_db()
    return stage
