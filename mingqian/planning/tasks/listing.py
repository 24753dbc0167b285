"""The list of tasks, and who takes part in the draw of one."""

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from mingqian.accounts.models import User
from mingqian.accounts.selectors import user_of
from mingqian.common import clock
from mingqian.pages.fields import said
from mingqian.pages.listing import Column, Empty, Listing, in_file
from mingqian.pages.templatetags.mingqian import day, moment
from mingqian.pages.tones import Shown, shown
from mingqian.planning.forms import business_divisions
from mingqian.planning.models.tasks import Task
from mingqian.planning.pool.selectors import Partaker
from mingqian.planning.tasks.forms import TaskFilterForm
from mingqian.planning.tasks.selectors import TaskPool, status_label, tasks_visible_to
from mingqian.planning.tasks.states import TaskState


def _rows(user: User, asked: Mapping[str, Any]) -> QuerySet[Task]:
    rows = tasks_visible_to(user).filter(said(asked["q"], ("number", "title")))
    named = {"division": "division__code", "state": "state", "year": "year"}
    return rows.filter(**{path: asked[name] for name, path in named.items() if asked[name]})


def _counts(_user: User, rows: Any) -> list[str]:
    return [f"待抽取 {rows.filter(state=TaskState.OPEN).count():,} 个"]


TASK_LIST = Listing[Task](
    name="plans:tasks",
    title="抽查任务",
    sub="由年度计划的条目在检查时间内开立；每个任务抽取一次（第二条、第九条）。",
    unit="个",
    form=lambda request: TaskFilterForm(request.GET, offered={"division": business_divisions(user_of(request).organ)}),
    rows=_rows,
    counts=_counts,
    columns=(
        Column("任务编号", lambda row: row.number, 34),
        Column(
            "任务名称",
            lambda row: row.title,
            34,
            link=lambda row: reverse("plans:task", args=[row.code]),
            style="mq-strong",
        ),
        Column("检查科室", lambda row: row.division.name, 16),
        Column("检查时间", lambda row: f"{day(row.since)}至{day(row.until)}", in_file=False),
        Column("开立", lambda row: f"{row.opened_by}，{day(row.opened_at)}", style="nowrap", in_file=False),
        in_file("检查自", lambda row: row.since.isoformat(), 14),
        in_file("检查至", lambda row: row.until.isoformat(), 14),
        Column(
            "状态",
            lambda row: str(row.get_state_display()),
            16,
            state=shown,
            under=lambda row: "检查时间已过" if row.state == TaskState.OPEN and row.until < clock.today() else "",
        ),
        in_file("开立人", lambda row: row.opened_by.name, 12),
        in_file("开立时间", lambda row: moment(row.opened_at), 20),
    ),
    empty=Empty(
        "还没有抽查任务",
        "年度计划公布后，在检查时间内打开计划条目，点“开立抽查任务”。",
        "check",
        "查看年度计划",
        lambda: reverse("plans:index"),
    ),
)


def stratum_words(stratum: str) -> str:
    """Return a stratum as users know it."""
    return "全部" if stratum == "-" else stratum


def _partakers(_user: User, asked: Mapping[str, Any]) -> list[Partaker]:
    held: TaskPool = asked["pool"]
    words = asked["q"].lower().split()
    told, lots = asked["why"] == "said", asked["why"] == "lots"
    chosen = {name: value for name in ("status", "stratum") if (value := asked[name])}
    return [
        row
        for row in held.rows
        if (row.reasons or not told)
        and (row.lots > 1 or not lots)
        and all(getattr(row, name) == value for name, value in chosen.items())
        and all(word in f"{row.name} {row.number}".lower() for word in words)
    ]


def _taking_part(row: Partaker) -> Shown:
    if row.status == "in":
        return Shown("参加", "done", "check")
    return Shown("免检免扰", "soon", "info") if row.takes_part else Shown("不参加", "plain", "void")


#: Of one task: `within` brings its pool.
POOL = Listing[Partaker](
    name="plans:pool",
    title="参加抽取的对象",
    unit="家",
    template="planning/tasks/task_pool.html",
    rows=_partakers,
    keeps_filters=False,
    columns=(
        Column(
            "名称",
            lambda row: row.name,
            40,
            link=lambda row: reverse("registry:subject", args=[row.number]),
            style="mq-strong mqp-name",
        ),
        Column("登记号", lambda row: row.number, 24, style="mono"),
        in_file("区县", lambda row: row.district, 14),
        Column("层", lambda row: stratum_words(row.stratum)),
        Column("签数", lambda row: str(row.lots) if row.takes_part else "—", style="num", in_file=False),
        in_file("签数", lambda row: str(row.lots), 8),
        Column(
            "参加情况",
            lambda row: status_label(row.status),
            30,
            state=_taking_part,
            under=lambda row: row.code,
            style="nowrap",
        ),
        in_file("代码", lambda row: row.status, 24),
        Column("说明", lambda row: "；".join(row.reasons), 80),
    ),
)
