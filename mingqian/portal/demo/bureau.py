"""The demo bureau: people, divisions, inspectors, companies. Everything is invented, and the same every time."""

import random
from datetime import date

from mingqian.accounts.states import DivisionKind, Role
from mingqian.common.codes import credit_check_character
from mingqian.registry.experts.services import ExpertValues
from mingqian.registry.experts.states import ExpertKind

PASSWORD = "Mingqian-2026"  # noqa: S105  the demo's own, shown on its sign-in page

DIVISIONS = (
    ("fagui", "综合法规科", DivisionKind.REGULATIONS),
    ("renshi", "人事科", DivisionKind.PERSONNEL),
    ("jieneng", "节能与综合利用科", DivisionKind.BUSINESS),
    ("anquan", "安全生产科", DivisionKind.BUSINESS),
    ("xinxi", "信息化推进科", DivisionKind.BUSINESS),
    ("minbao", "民用爆炸物品管理科", DivisionKind.BUSINESS),
)

#: user name, name, division, role
USERS = (
    ("jingban", "周明远", "jieneng", Role.DIVISION_OFFICER),
    ("fagui", "孙立群", "fagui", Role.REGULATIONS_OFFICER),
    ("kezhang", "韩志强", "jieneng", Role.DIVISION_HEAD),
    ("fenguan", "赵建国", None, Role.LEADER),
    ("juzhang", "李文博", None, Role.PRINCIPAL_LEADER),
    ("jiancha", "王海涛", "anquan", Role.INSPECTOR),
    ("xitong", "陈思远", None, Role.SYSTEM_ADMIN),
    ("anquan", "许静怡", None, Role.SECURITY_ADMIN),
    ("shenji", "高雅琴", None, Role.AUDIT_ADMIN),
)

EXPERTS = (
    ExpertValues(
        kind=ExpertKind.EXPERT,
        name="钱学礼",
        organisation="鲁中理工大学",
        speciality="工业节能与能效诊断",
        qualification="教授级高级工程师",
        qualification_number="G-2011-0312",
        contact="0533-2000001",
    ),
    ExpertValues(
        kind=ExpertKind.TESTING_BODY,
        name="鲁中能效检测有限公司",
        speciality="锅炉、电机能效检测",
        qualification="检验检测机构资质认定",
        qualification_number="CMA-2215123",
        valid_until=date(2031, 12, 31),
        contact="0533-2000002",
    ),
    ExpertValues(
        kind=ExpertKind.TESTING_BODY,
        name="齐城民爆器材检测站",
        speciality="民用爆炸物品检测",
        qualification="检验检测机构资质认定",
        qualification_number="CMA-1915123",
        valid_until=date(2024, 12, 31),
    ),
)

DISTRICTS = (
    ("张店区", "370303", 74),
    ("淄川区", "370302", 41),
    ("博山区", "370304", 33),
    ("周村区", "370306", 29),
    ("临淄区", "370305", 46),
    ("桓台县", "370321", 37),
    ("高青县", "370322", 19),
    ("沂源县", "370323", 21),
)
_SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
_GIVEN = (
    "建军",
    "志强",
    "海燕",
    "明辉",
    "丽华",
    "永刚",
    "晓东",
    "秀英",
    "文斌",
    "国栋",
    "雪梅",
    "立新",
    "雅琴",
    "思远",
    "子涵",
    "浩然",
)
_FIRST = ("鲁中", "齐城", "稷下", "般阳", "孝妇河", "马踏湖", "昆仑", "金岭", "凤凰山", "潭溪", "鲁山", "文昌")
_SECOND = (
    "恒泰",
    "瑞丰",
    "华盛",
    "新锐",
    "中科",
    "宏远",
    "百川",
    "德润",
    "国泰",
    "正大",
    "同创",
    "天成",
    "嘉和",
    "众信",
    "奥博",
)
_THIRD = (
    "化工",
    "陶瓷",
    "机械制造",
    "新材料",
    "建材",
    "纺织",
    "耐火材料",
    "医药科技",
    "电力设备",
    "铸造",
    "塑胶制品",
    "民爆器材",
)
_FORMS = ("有限公司", "有限责任公司", "股份有限公司")


#: Division or class of GB/T 4754-2017, by the word in the name.
_INDUSTRIES = (
    ("化工", "C2614"),
    ("陶瓷", "C3071"),
    ("机械", "C34"),
    ("新材料", "C2651"),
    ("建材", "C30"),
    ("纺织", "C17"),
    ("耐火", "C3089"),
    ("医药", "C27"),
    ("电力", "C38"),
    ("铸造", "C3391"),
    ("塑胶", "C29"),
    ("民爆", "C2671"),
)
#: Code, name, basis, and the word in the name by which a company is in it.
LIBRARIES = (
    ("zhongdian-yongneng", "重点用能单位", "鲁工信节〔2025〕18号", "化工"),
    ("minbao", "民爆器材企业", "民用爆炸物品安全管理条例", "民爆"),
    ("tezhong-shebei", "高耗能特种设备使用单位", "鲁工信装〔2024〕6号", "耐火"),
)
#: Kind, source and document of flags, as other authorities hand them in.
FLAGS = (
    ("complaints", "12345 政务服务便民热线", "2026年第一季度投诉通报"),
    ("abnormal", "市市场监管局经营异常名录", "淄市监异列〔2026〕17号"),
    ("dishonest", "市中级人民法院失信被执行人名单", "（2026）鲁03执112号"),
    ("serious", "市应急管理局行政处罚决定书", "淄应急罚〔2026〕5号"),
)
#: Code, name, the division that answers for it, and the words in a company's name by which it belongs there.
FIELDS = (
    ("jieneng", "节能监察", "jieneng", ("化工", "陶瓷", "建材", "耐火", "铸造", "新材料")),
    ("anquan", "工业行业安全", "anquan", ("化工", "机械", "电力", "医药", "塑胶")),
    ("xinxi", "信息化推进", "xinxi", ("电力", "医药", "纺织")),
    ("minbao", "民用爆炸物品", "minbao", ("民爆",)),
)
_STREETS = ("柳泉", "新村", "人民", "工业", "昌国", "鲁泰")


def _scope(name: str) -> str:
    """Say what a company of this name does."""
    trade = next((word for word in _THIRD if word in name), "工业产品")
    return f"{trade}产品的研发、生产、销售；货物进出口（依法须经批准的项目，经相关部门批准后方可开展经营活动）"


def _new_name(rng: random.Random, names: set[str]) -> str:
    """Invent a name that is not among `names`, and put it there."""
    name = ""
    while not name or name in names:
        name = f"淄博{rng.choice(_FIRST)}{rng.choice(_SECOND)}{rng.choice(_THIRD)}{rng.choice(_FORMS)}"
    names.add(name)
    return name


def _industry(name: str) -> str:
    """Return the industry of a company of this name."""
    return next((code for word, code in _INDUSTRIES if word in name), "")


def _fields(name: str) -> str:
    """Return the business fields of a company of this name."""
    return "、".join(title for _code, title, _division, words in FIELDS if any(word in name for word in words))


def companies() -> str:
    """Return the demo's companies as a CSV table, as a bureau would hand it in."""
    rng = random.Random("mingqian-demo")  # noqa: S311  invented data, no lot
    lines = [
        "企业名称,统一社会信用代码,法定代表人,联系电话,企业类型,注册日期,注册地址,登记状态,行业代码,企业规模,信用等级,标签,业务领域,注册资金,经营范围"
    ]
    known = random.Random("mingqian-demo-fields")  # noqa: S311  invented data, no lot
    more = random.Random("mingqian-demo-more")  # noqa: S311  invented data, no lot
    names: set[str] = set()
    for district, area, count in DISTRICTS:
        for _ in range(count):
            name = _new_name(rng, names)
            body = f"91{area}MA{''.join(rng.choice('0123456789ABCDEFGHJKLMNPQRTUWXY') for _ in range(9))}"[:17]
            row = (
                name,
                body + credit_check_character(body),
                rng.choice(_SURNAMES) + rng.choice(_GIVEN),
                f"0533-{rng.randint(2000000, 7999999)}",
                rng.choice(("有限责任公司", "有限责任公司（自然人投资或控股）", "股份有限公司")),
                f"{rng.randint(1996, 2023)}-{rng.randint(1, 12):02d}-{rng.randint(1, 28):02d}",
                f"山东省淄博市{district}{rng.choice(_STREETS)}路{rng.randint(1, 320)}号",
                "存续" if rng.random() > 0.03 else rng.choice(("注销", "吊销", "停业")),
                _industry(name) if more.random() > 0.06 else "",
                more.choice(("小型", "小型", "微型", "微型", "中型", "大型", "")),
                more.choice("AAABBBCD") if more.random() > 0.2 else "",
                more.choice(("", "", "", "外资", "规模以上", "高新技术企业")),
                _fields(name) if known.random() > 0.08 else "",
                f"{known.choice((50, 100, 200, 500, 1000, 3000, 8000))}万元人民币" if known.random() > 0.05 else "",
                _scope(name) if known.random() > 0.1 else "",
            )
            lines.append(",".join(row))
    return "\n".join(lines) + "\n"


def inspectors() -> str:
    """Return the demo's inspectors as a CSV table; one certificate has run out, so that the page shows how that looks."""
    rng = random.Random("mingqian-demo-inspectors")  # noqa: S311  invented data, no lot
    lines = ["姓名,性别,所在科室,岗位,执法证号,有效期起,有效期至,是否行政编制"]
    divisions = [name for _code, name, kind in DIVISIONS if kind in {DivisionKind.BUSINESS, DivisionKind.REGULATIONS}]
    for index in range(24):
        row = (
            rng.choice(_SURNAMES) + rng.choice(_GIVEN),
            rng.choice("男女"),
            divisions[index % len(divisions)],
            rng.choice(("科员", "四级主任科员", "二级主任科员", "一级科员")),
            f"1503020{index + 1:03d}",
            "2022-01-01",
            "2023-12-31" if index == 17 else "2031-12-31",
            "是",
        )
        lines.append(",".join(row))
    return "\n".join(lines) + "\n"
