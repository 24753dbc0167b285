"""The main navigation, by role."""

from dataclasses import dataclass

from django.urls import reverse

from mingqian.accounts.models import User
from mingqian.accounts.states import ADMIN_ROLES, READER_ROLES, Role


@dataclass(frozen=True)
class Place:
    """An entry of the navigation; `roles` empty: for everybody who is signed in."""

    title: str
    url_name: str
    icon: str
    roles: tuple[str, ...] = ()
    #: Another address that belongs to this entry.
    also: str = ""


PLACES = (
    Place("工作台", "portal:workbench", "home"),
    Place("事项清单", "planning:items", "edit", READER_ROLES),
    Place("年度计划", "plans:index", "book", READER_ROLES),
    Place("抽查任务", "plans:tasks", "check", READER_ROLES),
    Place("抽取", "drawing:list", "lot", READER_ROLES),
    Place("办理期限", "casework:clocks", "clock", READER_ROLES),
    Place("抽查对象", "registry:subjects", "building", READER_ROLES),
    Place("执法检查人员", "registry:inspectors", "people", READER_ROLES, also="registry:experts"),
    Place("我的检查任务", "drawing:mine", "lot", (Role.INSPECTOR,)),
    Place("我的名录信息", "registry:mine", "people", (Role.INSPECTOR,)),
    Place("专项检查", "burden:specials", "book", READER_ROLES),
    Place("导入", "imports:list", "upload", READER_ROLES),
    Place("规则", "rules:current", "check", (*READER_ROLES, Role.INSPECTOR, Role.SYSTEM_ADMIN)),
    Place("文书用语", "documents:papers", "book", READER_ROLES),
    Place("留痕", "portal:ledger", "book", (*READER_ROLES, Role.AUDIT_ADMIN)),
    Place("外部见证", "portal:cosigners", "people", (Role.SECURITY_ADMIN,)),
    Place("机关与科室", "accounts:organs", "building", ADMIN_ROLES),
    Place("用户", "accounts:users", "people", ADMIN_ROLES),
    Place("个人信息查看", "portal:personal", "clock", (Role.AUDIT_ADMIN, Role.DIVISION_HEAD)),
    Place("登录记录", "accounts:sign-ins", "clock", (Role.AUDIT_ADMIN,)),
)


@dataclass(frozen=True)
class Entry:
    """An entry as the page shows it."""

    title: str
    url: str
    icon: str
    current: bool


def entries_for(user: User, path: str) -> list[Entry]:
    """Return the places that `user` may go to; the one whose address is the longest prefix of `path` is current."""
    places = [(place, reverse(place.url_name)) for place in PLACES if not place.roles or user.has_role(*place.roles)]
    path = next((url for place, url in places if place.also and path.startswith(reverse(place.also))), path)
    best = max(
        (url for _place, url in places if path.startswith(url) and (url != "/" or path == "/")), key=len, default=""
    )
    return [Entry(place.title, url, place.icon, url == best) for place, url in places]
