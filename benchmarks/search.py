"""How long the list of subjects takes at the server with many subjects, for a mix of what people ask, beside a count of all rows.

`python benchmarks/search.py [SUBJECTS [FOLDER]]` (default 200,000) fills a database of its own: on SQLite in a temporary folder, or the
empty one that `DATABASE_URL` names; with FOLDER, what an earlier run left there is used again. Every question goes through the real page,
signed in, with cold counts: nobody asked the same before.
"""

import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from urllib.parse import urlencode

SUBJECTS = int(sys.argv[1]) if len(sys.argv) > 1 else 200_000
ROOT = Path(__file__).resolve().parent.parent
HOME = sys.argv[2] if len(sys.argv) > 2 else tempfile.mkdtemp(prefix="mingqian-search-")
os.environ["MINGQIAN_HOME"] = HOME
os.environ["DJANGO_SETTINGS_MODULE"] = "mingqian.settings"
sys.path.insert(0, str(ROOT))

from mingqian import keys  # noqa: E402

keys.make(Path(HOME) / "secrets")

import django  # noqa: E402

django.setup()

from django.core.cache import cache  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.test import Client  # noqa: E402

from mingqian.accounts.models import User  # noqa: E402
from mingqian.accounts.states import Role  # noqa: E402
from mingqian.common import clock, codes  # noqa: E402
from mingqian.documents.imports.bulk import columns_of, insert, plain_values, reserve_keys  # noqa: E402
from mingqian.registry import registers  # noqa: E402
from mingqian.registry.models import Exemption, Flag, Permit, Subject, joined  # noqa: E402
from mingqian.registry.parts.states import FlagKind  # noqa: E402
from mingqian.registry.pinyin import initials_of  # noqa: E402
from mingqian.registry.search.services import line_of, settle, write  # noqa: E402
from mingqian.registry.states import RegisterKind  # noqa: E402
from mingqian.testing import Bureau, make_bureau  # noqa: E402

DISTRICTS = {
    "张店区": "370303",
    "淄川区": "370302",
    "博山区": "370304",
    "周村区": "370306",
    "临淄区": "370305",
    "桓台县": "370321",
}
FIRST = ["鲁中", "齐城", "稷下", "般阳", "孝妇河", "马踏湖", "昆仑", "金岭", "凤凰山", "潭溪", "鲁山", "文昌"]
SECOND = [
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
]
TRADES = [
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
]
FORMS = ["有限公司", "有限责任公司", "股份有限公司", "经营部", "专业合作社"]
#: Characters of names, so that they differ as names do.
SOME = (
    "安邦本昌成春达德东发方飞丰福富刚高光广贵国海汉浩恒红宏华辉吉佳建江金晶久开康乐立"
    "利联龙隆茂美明宁鹏平奇启强庆仁荣瑞森盛胜顺泰腾通万旺伟文祥信兴旭亚阳益永友裕元源远越云泽正志中"
)
SCOPE = "化工产品（不含危险化学品）、建筑材料、五金交电、机电设备销售；货物及技术进出口；普通货运。"
KINDS = ("company",) * 7 + ("sole_trader",) * 2 + ("cooperative",)


def subject(bureau: Bureau, position: int, chance: random.Random) -> Subject:
    """Return an invented subject."""
    district = chance.choice(list(DISTRICTS))
    body = f"91{DISTRICTS[district]}MA{position:07d}"
    body = (body + "0" * 17)[:17]
    code = body + codes.credit_check_character(body)
    own = "".join(chance.choice(SOME) for _ in range(2))
    name = f"淄博{chance.choice(FIRST)}{chance.choice(SECOND)}{own}{chance.choice(TRADES)}{chance.choice(FORMS)}"
    return Subject(
        organ=bureau.organ,
        number=code,
        credit_code=code,
        name=name,
        initials=initials_of(name),
        kind=chance.choice(KINDS),
        district=district,
        address=f"山东省淄博市{district}{chance.choice(FIRST)}路{chance.randint(1, 3200)}号",
        responsible_person=chance.choice("王李张刘陈杨赵黄周吴徐孙") + "".join(chance.choice(SOME) for _ in range(2)),
        company_type=chance.choice(("", "有限责任公司", "股份有限公司", "个人独资企业")),
        established_on=date(chance.randint(1990, 2025), chance.randint(1, 12), chance.randint(1, 28)),
        business_scope=SCOPE * chance.randint(1, 3),
        status="active" if chance.random() > 0.06 else chance.choice(("cancelled", "revoked", "closed")),
        industry=f"C{chance.randint(13, 43)}{chance.randint(10, 39)}" if chance.random() > 0.2 else "",
        scale=chance.choice(("", "large", "medium", "small", "micro", "micro")),
        credit_class=chance.choice("AABBBCD"),
        fields=joined(chance.sample(["jieneng", "anquan", "xinxi"], 1)),
        libraries=joined(["yongneng"]) if chance.random() < 0.05 else "",
        tags=joined(["规上"]) if chance.random() < 0.1 else "",
        registered_at=clock.now(),
    )


def fill(bureau: Bureau) -> None:
    """Write the subjects as an import does, with permits, flags and exemptions for some."""
    chance = random.Random(20261123)  # noqa: S311  invented rows
    columns = columns_of(Subject)
    today = clock.today()
    common = {"since": date(2025, 1, 1), "recorded_by": "user/bench", "recorded_at": clock.now()}
    for start in range(0, SUBJECTS, 10_000):
        rows = [subject(bureau, position, chance) for position in range(start, min(start + 10_000, SUBJECTS))]
        for row, key in zip(rows, reserve_keys(Subject, len(rows)), strict=True):
            row.pk = key
        with transaction.atomic():
            insert(Subject, columns, [plain_values(row) for row in rows])
            write([line_of(row) for row in rows], new=True)
            some = [row for row in rows if chance.random() < 0.02]
            Flag.objects.bulk_create(
                Flag(subject=row, kind=chance.choice(FlagKind.values), source="名单", **common) for row in some
            )
            Exemption.objects.bulk_create(
                Exemption(subject=row, code="miansao", basis="文件", source="名单", **common)
                for row in rows
                if chance.random() < 0.01
            )
            Permit.objects.bulk_create(
                Permit(
                    subject=row,
                    name="安全生产许可证",
                    number=row.number,
                    until=today.replace(year=chance.randint(2025, 2028)),
                    **common,
                )
                for row in rows
                if chance.random() < 0.1
            )
    with transaction.atomic():
        settle()
        registers.turn(registers.take(bureau.organ, RegisterKind.SUBJECTS))
    with connection.cursor() as cursor:
        cursor.execute(
            "VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE"
        )  # the server itself does so in time


def questions() -> list[tuple[str, dict[str, object]]]:
    """Return the mix: (what it is, query of the address)."""
    chance = random.Random(7)  # noqa: S311  no lot
    pages = SUBJECTS // 50

    def name() -> str:
        return chance.choice(FIRST) + chance.choice(SECOND)

    def short() -> str:
        return "".join(chance.choice(SOME) for _ in range(2))

    found: list[tuple[str, dict[str, object]]] = []
    for district in DISTRICTS:
        found += [
            ("two characters", {"text": short()}),
            ("two characters", {"text": short()}),
            ("name", {"text": name()}),
            ("name", {"text": name() + chance.choice(SOME)}),
            ("frequent word", {"text": chance.choice(FIRST)}),
            ("name and address", {"text": f"{chance.choice(SECOND)} {district}"}),
            ("initials", {"text": initials_of(name())}),
            ("initials", {"text": "zb" + initials_of(name())[:3]}),
            ("piece of a code", {"text": f"MA{chance.randint(0, SUBJECTS):07d}"[:8]}),
            ("end of a code", {"text": f"{chance.randint(0, SUBJECTS):06d}"}),
            ("address", {"text": f"{chance.choice(FIRST)}路{chance.randint(1, 3200)}号"}),
            ("person", {"text": "王" + short()}),
            ("district", {"district": district}),
            ("district and kind", {"district": district, "kind": "sole_trader", "status": "active"}),
            ("district, page in the middle", {"district": district, "page": pages // 12}),
            ("industry and scale", {"industry": f"C{chance.randint(13, 43)}", "scale": "micro"}),
            ("credit, years", {"credit_class": "D", "established_from": f"{chance.randint(1990, 2020)}-01-01"}),
            ("flag", {"flag": chance.choice(FlagKind.values), "district": district}),
            ("permit expired", {"permit_expired": "yes", "district": district}),
            ("word and filters", {"text": short(), "district": district, "kind": "company"}),
            ("missing", {"missing": chance.choice(("industry", "scale", "company_type")), "district": district}),
            ("page", {"page": chance.randint(2, pages)}),
        ]
    found += [
        ("first page", {}),
        ("first page", {}),
        ("last page", {"page": pages}),
        ("middle page", {"page": pages // 2}),
    ]
    found += [
        ("in nearly every name", {"text": "有限公司"}),
        ("one character", {"text": "公"}),
        ("exempt", {"exempt": "yes"}),
    ]
    found += [
        ("library", {"library": "yongneng"}),
        ("tag", {"tag": "规上"}),
        ("not exempt", {"exempt": "no", "kind": "company"}),
    ]
    return found


def seconds(work: Callable[[], object]) -> float:
    """Return how long `work` takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def after_a_write(client: Client) -> float:
    """Return how long the list takes whoever asks first after somebody changed a subject."""
    row = Subject.objects.select_related("organ").order_by("pk")[0]
    with transaction.atomic():
        write([line_of(row)])
        registers.turn(registers.take(row.organ, RegisterKind.SUBJECTS))
    return seconds(lambda: client.get("/registry/subjects/?status=active"))


def asked(client: Client, query: Mapping[str, object]) -> float:
    """Ask the list a question that nobody asked before; return the seconds that the answer took."""
    counted = [key for key in getattr(cache, "_cache", {}) if "search/count" in key]
    for key in counted:
        cache.delete(key.split(":", 2)[2])
    address = "/registry/subjects/?" + urlencode(query)
    began = time.perf_counter()
    response = client.get(address)
    taken = time.perf_counter() - began
    if response.status_code != 200:
        raise SystemExit(f"{address}: {response.status_code}")
    return taken


def main() -> None:
    """Measure and print."""
    call_command("migrate", verbosity=0)
    if not Subject.objects.exists():
        bureau = make_bureau()
        took = seconds(lambda: fill(bureau))
        print(f"{connection.vendor}, {SUBJECTS:,} subjects, written with their index in {took:.0f} s")
    client = Client(HTTP_HOST="127.0.0.1")
    officer = User.objects.get(username=f"zibo-{Role.DIVISION_OFFICER}")
    client.force_login(officer, backend="django.contrib.auth.backends.ModelBackend")
    client.get("/registry/subjects/")  # templates, and the sample of frequent grams
    baseline = statistics.median(
        seconds(lambda: Subject.objects.filter(name__contains="鲁中恒泰").count()) for _ in range(5)
    )
    times: dict[str, list[float]] = {}
    for title, query in questions():
        times.setdefault(title, []).append(asked(client, query))
    times["first page after a write"] = [after_a_write(client) for _ in range(6)]
    for title, found in sorted(times.items(), key=lambda row: -max(row[1])):
        print(
            f"  {title:30} median {statistics.median(found) * 1000:6.0f} ms   most {max(found) * 1000:6.0f} ms   ({len(found)})"
        )
    every = sorted(one for found in times.values() for one in found)
    p50, p95 = every[len(every) // 2], every[int(len(every) * 0.95)]
    ratio = f"{p95 / baseline:.2f} times a bare LIKE over all names ({baseline * 1000:.0f} ms)"
    print(f"  together: p50 {p50 * 1000:.0f} ms, p95 {p95 * 1000:.0f} ms, {ratio}")


if __name__ == "__main__":
    main()
