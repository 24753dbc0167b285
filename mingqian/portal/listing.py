"""The lists of the ledger's acts, and of who looked at personal data in full (A20.1)."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils import timezone

from mingqian.accounts.models import User
from mingqian.ledger.models import Entry
from mingqian.pages.fields import ANY, DayInput, FilterForm, said
from mingqian.pages.listing import Column, Empty, Listing, in_file
from mingqian.pages.templatetags.mingqian import actor_name, moment, thing_name, verb_name
from mingqian.portal.workbench import selectors
from mingqian.registry.models import PersonalAccess
from mingqian.registry.personal.selectors import accesses_visible_to
from mingqian.registry.personal.states import PersonalAct


class ActFilter(FilterForm):
    """The filter above the ledger."""

    q = forms.CharField(label="操作人、动作、对象或指纹", required=False, max_length=200)


LEDGER: Listing[Entry] = Listing(
    name="portal:ledger",
    title="留痕",
    sub="每一步操作都写入只能追加的记录，并由检查点签名；任何改动或删除都能被发现。",
    columns=(
        Column("序号", lambda entry: str(entry.index), 10, style="num"),
        Column("时间", lambda entry: moment(entry.time), 26, style="nowrap"),
        Column("操作人", lambda entry: actor_name(entry.actor), 20),
        Column("动作", lambda entry: verb_name(entry.verb), 20, style="nowrap mq-strong"),
        Column("对象", lambda entry: thing_name(entry.subject), 44),
        Column("内容指纹", lambda entry: entry.digest, 68, html="portal/_digest.html"),
    ),
    form=lambda request: ActFilter(request.GET),
    rows=lambda _user, asked: selectors.acts(asked["q"]),
    template="portal/ledger.html",
)


class AccessFilter(FilterForm):
    """Filters above the list of who looked."""

    text = forms.CharField(label="查看人、对象、原因", required=False, max_length=60)
    act = forms.ChoiceField(label="方式", required=False, choices=[ANY, *PersonalAct.choices])
    since = forms.DateField(label="日期自", required=False, widget=DayInput())
    until = forms.DateField(label="日期至", required=False, widget=DayInput())


def _accesses(user: User, asked: Mapping[str, Any]) -> QuerySet[PersonalAccess]:
    names = ("user__name", "user__username", "name", "reason")
    rows = accesses_visible_to(user).filter(said(asked["text"], names))
    wanted = {"act": asked["act"], "at__date__gte": asked["since"], "at__date__lte": asked["until"]}
    return rows.filter(**{name: value for name, value in wanted.items() if value})


def _whole(row: PersonalAccess) -> str:
    return f"{row.count:,} 条，{row.filters}" if row.act == PersonalAct.EXPORT else ""


#: The file holds no number, only who saw one.
PERSONAL: Listing[PersonalAccess] = Listing(
    name="portal:personal",
    title="个人信息查看记录",
    sub="谁在什么时候、因为什么查看或导出了完整的电话和证件号码（第二十条）。号码本身不在记录里。",
    columns=(
        Column("时间", lambda row: f"{timezone.localtime(row.at):%Y-%m-%d %H:%M:%S}", 20, style="nowrap mq-strong"),
        Column("查看人", lambda row: row.user.name, 14, under=lambda row: row.user.division.name if row.user.division else ""),
        in_file("用户名", lambda row: row.user.username, 16),
        in_file("科室", lambda row: row.user.division.name if row.user.division else "", 20),
        Column("方式", lambda row: str(row.get_act_display()), 8, style="nowrap"),
        Column("对象", lambda row: row.name, 36, under=_whole),
        Column("内容", lambda row: row.columns, 22),
        Column("原因", lambda row: row.reason, 44),
        in_file("筛选条件", lambda row: row.filters, 40),
        in_file("人数", lambda row: str(row.count), 8),
    ),
    form=lambda request: AccessFilter(request.GET),
    rows=_accesses,
    unit="次",
    empty=Empty("没有查看记录", "有人查看或导出完整号码后，会记在这里。", "check"),
    file_name="查看个人信息记录",
    template="portal/personal.html",
)  # fmt: skip
