"""Filters and tags that every template has at hand."""

from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import urlencode

from django import template
from django.http import QueryDict
from django.template.context import RequestContext
from django.utils import timezone

from mingqian.common.text import group
from mingqian.pages.tones import Shown, shown

register = template.Library()

#: The ledger's verbs in words.
VERBS = {
    "organ.create": "新增机关",
    "division.create": "新增科室",
    "user.create": "新增用户",
    "user.password": "修改密码",
    "role.grant": "授予角色",
    "role.end": "终止角色",
    "sign-in.done": "登录",
    "sign-in.wrong": "登录失败",
    "sign-in.code": "动态口令错误",
    "sign-in.locked": "登录锁定",
    "sign-in.out": "退出",
    "ledger.verify": "核验留痕",
    "ledger.answer": "说明核验结果",
    "cosigner.add": "登记外部见证方",
    "cosigner.end": "停用外部见证方",
    "user.change": "修改用户",
    "user.activate": "启用账号",
    "user.deactivate": "停用账号",
    "user.password-reset": "重置密码",
    "user.second-factor-on": "启用动态口令",
    "user.second-factor-off": "停用动态口令",
    "organ.change": "修改机关",
    "division.change": "修改科室",
    "field.create": "新增业务领域",
    "file.store": "存入文件",
    "file.mend": "补存损坏的文件",
    "clock.start": "起算期限",
    "clock.clear": "办结期限",
    "clock.reckon": "重算期限",
    "calendar.publish": "公布放假安排",
    "registry.import": "导入名录库",
    "subject.add": "新增抽查对象",
    "subject.change": "修改抽查对象",
    "subject.libraries": "设置专项库",
    "subject.merge": "合并重复对象",
    "subject.distinct": "认定不是同一对象",
    "subject.distinct-withdraw": "撤销不是同一对象的认定",
    "library.add": "新建专项库",
    "library.change": "修改专项库",
    "library.put-in": "批量加入专项库",
    "permit.add": "登记许可",
    "permit.end": "许可提前结束",
    "permit.withdraw": "撤销许可登记",
    "flag.add": "登记重点监管标记",
    "flag.end": "重点监管标记结束",
    "flag.withdraw": "撤销重点监管标记",
    "exemption.add": "列入免检免扰名单",
    "exemption.end": "移出免检免扰名单",
    "exemption.withdraw": "撤销免检免扰登记",
    "data.rotate": "更换数据密钥",
    "data.rotated": "完成更换数据密钥",
    "subject.reveal": "查看完整号码",
    "subject.find-by-id": "按身份证号码查找",
    "subject.find-by-phone": "按电话号码查找",
    "subject.export-personal": "导出完整号码",
    "expert.reveal": "查看专家完整号码",
    "expert.export-personal": "导出专家完整号码",
    "inspector.add": "新增执法检查人员",
    "inspector.change": "修改执法检查人员",
    "inspector.account": "关联本人账号",
    "inspector.fields": "设置业务领域",
    "absence.add": "登记排除",
    "absence.end": "登记提前返岗",
    "interest.add": "登记利害关系",
    "interest.end": "登记利害关系到期",
    "qualification.add": "登记资格",
    "qualification.withdraw": "撤下资格",
    "expert.add": "新增专家或检测机构",
    "expert.change": "修改专家或检测机构",
    "paper.wording": "修改文书用语",
    "paper.number": "取文号",
    "burden.note": "登记受检",
    "law.add": "录入法律",
    "law.amend": "录入法律新版本",
    "law.repeal": "登记法律废止",
    "law.link": "关联法律名称",
    "item.check": "重新核对依据",
    "plan.begin": "开始编制年度计划",
    "joint-visit.team": "联合检查的检查组变更",
    "joint-visit.consent": "同意组长方案",
    "joint-visit.by-plan": "按年度计划确定牵头科室",
    "draw.contribute": "献数",
    "draw.reveal": "公布承诺的数字",
    "draw.beacon": "录入公开随机源的号码",
    "draw.beacon-confirm": "复核公开随机源的号码",
    "draw.beacon-decline": "公开随机源的号码复核不符",
    "draw.invite": "核验并邀请抽取监督人",
    "draw.revoke": "收回监督人邀请",
    "draw.witness-here": "抽取监督人打开邀请",
    "draw.sign": "抽取监督人签名",
    "draw.publish": "公布名单",
    "draw.media": "上传影像",
    "draw.media-describe": "改写影像说明",
    "draw.media-withdraw": "撤下影像",
    "draw.signed-page": "上传签字扫描件",
    "draw.signed-remove": "移出签字扫描件",
    "draw.signed": "存入抽取记录签字件",
    "upload.begin": "开始上传",
    "upload.wait": "上传文件等待合并",
    "upload.note": "改写上传文件的说明",
    "upload.store": "上传完成",
    "upload.refuse": "上传未采用",
    "upload.drop": "放弃上传",
    "upload.expire": "清除逾期上传",
    "draw.train": "登记业务培训",
    "user.mail": "设置通知邮箱",
    "draft.save": "保存抽取草稿",
    "draft.drop": "放弃抽取草稿",
}


@register.filter
def day(value: date | datetime | None) -> str:
    """Write a date as 2026年3月2日, in Asia/Shanghai."""
    if value is None:
        return "—"
    if isinstance(value, datetime):
        value = timezone.localtime(value)
    return f"{value.year}年{value.month}月{value.day}日"


@register.filter
def moment(value: datetime | str | None) -> str:
    """Write a time (aware, or a time of the draw protocol) as 2026年3月2日 09:05:00, in Asia/Shanghai."""
    if not value:
        return "—"
    if isinstance(value, str):
        value = datetime.strptime(value, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    local = timezone.localtime(value)
    return f"{day(local)} {local:%H:%M:%S}"


@register.filter
def number(value: int | None) -> str:
    """Write a count with separators: 2,122."""
    return "—" if value is None else f"{value:,}"


@register.filter
def grouped(value: str, size: int = 4) -> str:
    """Group a digest by blanks."""
    return group(value, size)


@register.filter
def short(value: str) -> str:
    """Shorten a digest to its first 16 characters, grouped."""
    return group(value[:16]) + " …" if len(value) > 16 else group(value)


@register.simple_tag(takes_context=True)
def with_query(context: RequestContext, **changes: Any) -> str:
    """Return the address's query with `changes` made; None drops a key. Filters so survive paging and sorting."""
    query: QueryDict = context["request"].GET.copy()
    for key, value in changes.items():
        query.pop(key, None)
        if value is not None:
            query[key] = str(value)
    return "?" + urlencode([(key, item) for key, items in query.lists() for item in items])


@register.simple_tag(takes_context=True)
def without_value(context: RequestContext, name: str, value: str) -> str:
    """Return the address's query without one value of one filter, and from the first page; `all=1` where none is left,
    since a bare address would open the list with the user's own filters."""
    query = [
        (key, item)
        for key, items in context["request"].GET.lists()
        for item in items
        if item and key != "page" and not (key == name and (item == value or len(items) == 1))
    ]
    return "?" + (urlencode(query) or "all=1")


@register.filter
def actor_name(value: str) -> str:
    """Say in Chinese who acted: `user/li.ming` → 用户 li.ming."""
    kind, _, name = value.partition("/")
    words = {"user": "用户", "witness": "抽取监督人", "system": "系统"}
    return f"{words.get(kind, kind)} {name}".strip()


@register.filter
def verb_name(value: str) -> str:
    """Say in Chinese what was done; a verb without words stays as it is, so that nothing is hidden."""
    return VERBS.get(value, value)


@register.filter
def get(mapping: dict[str, Any], key: str) -> Any:
    """Return the value under a key that is known only in the template."""
    return mapping.get(key)


#: Kinds of things that the ledger names, in words.
THINGS = {
    "draft": "抽取草稿",
    "lot": "抽取",
    "draw": "抽取",
    "cosigner": "外部见证方",
    "law": "法律",
    "plan": "年度计划",
    "plan-version": "年度计划版本",
    "file": "文件",
    "upload": "上传",
    "verification": "核验",
    "data": "加密数据",
    "organ": "机关",
    "division": "科室",
    "user": "用户",
    "field": "业务领域",
    "calendar": "放假安排",
    "subject": "抽查对象",
    "library": "专项库",
    "flag": "重点监管标记",
    "exemption": "免检免扰",
    "inspector": "执法检查人员",
    "absence": "排除",
    "interest": "利害关系",
    "expert": "专家和检测机构",
    "import": "导入",
    "wording": "文书用语",
    "burden": "受检登记",
    "joint-visits": "联合检查",
    "warnings": "预警",
}


@register.simple_tag
def shown_state(thing: Any, field: str = "state") -> Shown:
    """Return the state of a thing with its colour, for `<c-state :of>`."""
    return shown(thing, field)


@register.filter
def thing_name(value: str) -> str:
    """Say in Chinese what was acted on: `lot/X抽〔2026〕1号` → 抽取 X抽〔2026〕1号; digests are shortened."""
    kind, _, name = value.partition("/")
    if kind == "draw":
        scope, attempt, number = (*name.split("/"), "", "")[:3]
        name = f"{scope} 第 {attempt} 次封存" + (f"第 {number} 号变更" if number else "")
    return f"{THINGS.get(kind, kind)} {short(name) if kind == 'file' else name}".strip()
