"""The demo's law library and item list. The laws are real, in excerpts; the items are such as a bureau of this kind has."""

from datetime import date
from pathlib import Path

from mingqian.planning.items.states import USUAL_FOLLOW_UPS, Exemption, ItemKind, ItemValues, Method
from mingqian.planning.laws.services import EditionValues
from mingqian.planning.laws.states import LawLevel

_RESULTS = [{"code": str(code), "follow_up": str(follow)} for code, follow in USUAL_FOLLOW_UPS.items()]


def _text(name: str) -> str:
    return (Path(__file__).parent / "laws" / f"{name}.txt").read_text(encoding="utf-8")


#: code, name, issuer, level, number, texts from the oldest on
LAWS = (
    (
        "JNF",
        "中华人民共和国节约能源法",
        "全国人民代表大会常务委员会",
        LawLevel.STATUTE,
        "主席令第七十七号",
        (
            EditionValues(
                "2007年修订", date(2008, 4, 1), _text("JNF-2008"), "主席令第七十七号", date(2007, 10, 28), excerpt=True
            ),
            EditionValues(
                "2018年修正", date(2018, 10, 26), _text("JNF-2018"), "主席令第十六号", date(2018, 10, 26), excerpt=True
            ),
        ),
    ),
    (
        "MBTL",
        "民用爆炸物品安全管理条例",
        "国务院",
        LawLevel.REGULATION,
        "国务院令第466号",
        (
            EditionValues(
                "2014年修订", date(2014, 7, 29), _text("MBTL-2014"), "国务院令第653号", date(2014, 7, 29), excerpt=True
            ),
        ),
    ),
    (
        "QJSC",
        "中华人民共和国清洁生产促进法",
        "全国人民代表大会常务委员会",
        LawLevel.STATUTE,
        "主席令第五十四号",
        (
            EditionValues(
                "2012年修正", date(2012, 7, 1), _text("QJSC-2012"), "主席令第五十四号", date(2012, 2, 29), excerpt=True
            ),
        ),
    ),
)


def _point(text: str, method: Method, materials: str) -> dict[str, str]:
    return {"text": text, "method": str(method), "materials": materials}


#: division, item
ITEMS = (
    (
        "jieneng",
        ItemValues(
            category="节能监察",
            name="重点用能单位能源利用状况报告和能源管理岗位检查",
            target="年综合能源消费总量五千吨标准煤以上的重点用能单位",
            content="能源利用状况报告报送情况；能源管理岗位设立、能源管理负责人聘任和备案情况。",
            bases="《中华人民共和国节约能源法》第十二条、第五十三条、第五十五条",
            methods=[str(Method.DOCUMENTS), str(Method.ON_SITE)],
            body="市、区县工业和信息化主管部门",
            ratio=500,
            frequency=1,
            points=[
                _point(
                    "是否按期报送上年度能源利用状况报告，内容是否齐全",
                    Method.DOCUMENTS,
                    "上年度能源利用状况报告及报送回执",
                ),
                _point(
                    "能源管理负责人是否具备中级以上技术职称并已备案", Method.DOCUMENTS, "聘任文件、职称证书、备案材料"
                ),
            ],
            results=_RESULTS,
            compliance="年耗能五千吨标准煤以上的企业，每年要把上年度的能源利用状况报告报给主管部门；要有专人负责能源管理，由中级以上职称的人担任，并报备案。检查时请备好报告、聘任文件和备案材料。",
        ),
    ),
    (
        "jieneng",
        ItemValues(
            category="节能监察",
            name="单位产品能耗限额标准和淘汰设备执行情况检查",
            target="水泥、陶瓷、耐火材料等高耗能产品生产企业",
            content="单位产品能耗是否超过限额标准；是否使用国家明令淘汰的用能设备和生产工艺。",
            bases="《中华人民共和国节约能源法》第十二条、第十六条",
            methods=[str(Method.ON_SITE), str(Method.TESTING)],
            body="市、区县工业和信息化主管部门",
            ratio=500,
            frequency=1,
            points=[
                _point(
                    "单位产品综合能耗是否达到强制性限额标准", Method.TESTING, "能源统计报表、生产统计报表、计量器具台账"
                ),
                _point("电机、变压器、锅炉等是否在淘汰目录内", Method.ON_SITE, "主要用能设备清单"),
            ],
            results=_RESULTS,
            compliance="生产高耗能产品的，单位产品能耗不能超过国家强制性限额；列入淘汰目录的电机、变压器、锅炉和工艺不能再用。请备好能源和产量报表、设备清单。",
        ),
    ),
    (
        "minbao",
        ItemValues(
            category="民用爆炸物品监管",
            name="民用爆炸物品生产、销售企业储存安全检查",
            kind=ItemKind.KEY,
            target="民用爆炸物品生产、销售企业",
            content="专用仓库、技术防范设施、出入库登记、储存数量和看护情况。",
            bases="《民用爆炸物品安全管理条例》第四条、第四十条、第四十一条",
            methods=[str(Method.ON_SITE)],
            body="市民用爆炸物品行业主管部门",
            ratio=10000,
            frequency=2,
            points=[
                _point("储存数量是否超过设计容量，性质相抵触的是否分库", Method.ON_SITE, "仓库设计文件、库存台账"),
                _point("出入库检查、登记制度是否执行，账物是否相符", Method.ON_SITE, "出入库登记簿"),
            ],
            results=_RESULTS,
            qualifications="熟悉民用爆炸物品安全规程",
            exemption=Exemption.SAFETY,
            exemption_why="涉及公共安全，免检名单不适用",
            compliance="民爆物品必须存放在专用仓库，不超量、不混存，有专人看护，出入库笔笔登记、账物相符；丢失、被盗要立即报告公安机关。",
        ),
    ),
    (
        "jieneng",
        ItemValues(
            category="清洁生产",
            name="强制性清洁生产审核实施情况检查",
            target="超过单位产品能源消耗限额标准构成高耗能的企业",
            content="是否按规定实施强制性清洁生产审核。",
            bases="《中华人民共和国清洁生产促进法》第二十七条第二款",
            methods=[str(Method.DOCUMENTS)],
            body="市工业和信息化主管部门",
            ratio=300,
            frequency=1,
            points=[_point("是否在规定期限内开展审核并提交报告", Method.DOCUMENTS, "清洁生产审核报告")],
            results=_RESULTS,
            exemption=Exemption.ENVIRONMENT,
            exemption_why="涉及环境保护",
            compliance="能耗超过限额标准构成高耗能的企业，必须做清洁生产审核。请备好审核报告和整改情况。",
        ),
    ),
)

#: What the draft changes in the first item.
CHANGED_CONTENT = "能源利用状况报告报送情况及数据真实性；能源管理岗位设立、能源管理负责人聘任、备案和培训情况。"
CHANGED_WHY = "第五十五条第三款要求能源管理负责人接受节能培训，补入抽查内容。"
LIST_TITLE = "淄博市工业和信息化局随机抽查事项清单"
LIST_WHY = "根据节能、民爆、清洁生产方面的法律法规首次编制。"
