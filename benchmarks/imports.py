"""How long an import of many rows takes, beside a bare csv read and bulk_create of the same rows in the same run.

`python benchmarks/imports.py [ROWS]` (default 100,000) makes a database of its own in a temporary folder, generates a table of invented
companies with valid credit codes, uploads it, and lets a worker process do the rest. Memory is what the worker and its reading child
held together, sampled twenty times a second. Seconds include the start of the worker, one for the check and one for the import.
"""

import csv
import io
import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROWS = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
FORMAT = sys.argv[2] if len(sys.argv) > 2 else "csv"
ROOT = Path(__file__).resolve().parent.parent
HOME = tempfile.mkdtemp(prefix="mingqian-imports-")
os.environ["MINGQIAN_HOME"] = HOME
os.environ["DJANGO_SETTINGS_MODULE"] = "mingqian.settings"
sys.path.insert(0, str(ROOT))

from mingqian import keys  # noqa: E402

keys.make(Path(HOME) / "secrets")

import django  # noqa: E402

django.setup()

import xlsxwriter  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import transaction  # noqa: E402

from mingqian.common import codes  # noqa: E402
from mingqian.documents.imports import services as import_services  # noqa: E402
from mingqian.documents.models import Import  # noqa: E402
from mingqian.ledger.verification.selectors import verify_log  # noqa: E402
from mingqian.registry.imports.states import ImportKind  # noqa: E402
from mingqian.registry.models import Subject  # noqa: E402
from mingqian.testing import Bureau, make_bureau  # noqa: E402

TITLES = (
    "企业名称",
    "统一社会信用代码",
    "注册日期",
    "企业类型",
    "法人代表",
    "注册资金",
    "经营范围",
    "所在省份",
    "地区",
    "注册地址",
    "联系电话",
    "登记状态",
)
DISTRICTS = (
    ("张店区", "370303"),
    ("淄川区", "370302"),
    ("博山区", "370304"),
    ("临淄区", "370305"),
    ("周村区", "370306"),
    ("桓台县", "370321"),
)
SCOPE = "化工产品（不含危险化学品）、建筑材料、五金交电、机电设备、办公用品、日用百货销售；货物及技术进出口；普通货运。"


def company(position: int, chance: random.Random, street: str) -> list[str]:
    """Return a row of an invented company."""
    district, area = DISTRICTS[position % len(DISTRICTS)]
    body = f"91{area}{position:09d}"
    return [
        f"淄博示例{position:06d}商贸有限公司",
        body + codes.credit_check_character(body),
        f"{chance.randint(1990, 2020)}-{chance.randint(1, 12):02d}-{chance.randint(1, 28):02d}",
        "N/A" if chance.random() < 0.5 else "有限责任公司",
        chance.choice("王李张刘陈杨赵黄周吴") + chance.choice("伟芳娜敏静丽强磊军洋"),
        f"{chance.randint(1, 5000)}万人民币",
        SCOPE * chance.randint(1, 3),
        "山东",
        "淄博",
        f"山东省淄博市{district}{street}{position % 997}号",
        f"138{position:08d}",
        "存续",
    ]


def make_table(street: str = "示例路") -> tuple[bytes, list[list[str]]]:
    """Return the file and its rows; another street changes every address."""
    chance = random.Random(20261123)  # noqa: S311  invented rows
    rows = [company(position, chance, street) for position in range(ROWS)]
    if FORMAT == "xlsx":
        out = io.BytesIO()
        book = xlsxwriter.Workbook(out, {"constant_memory": True})
        sheet = book.add_worksheet()
        for position, row in enumerate([TITLES, *rows]):
            sheet.write_row(position, 0, row)
        book.close()
        return out.getvalue(), rows
    text = io.StringIO()
    csv.writer(text).writerows([TITLES, *rows])
    return text.getvalue().encode(), rows


def baseline(bureau: Bureau, rows: list[list[str]]) -> float:
    """Return the seconds of a bare read and bulk_create, taken back afterwards."""
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    text.seek(0)
    began = time.perf_counter()
    with transaction.atomic():
        batch: list[Subject] = []
        for row in csv.reader(text):
            batch.append(
                Subject(
                    organ=bureau.organ,
                    number=row[1],
                    name=row[0],
                    credit_code=row[1],
                    address=row[9],
                    business_scope=row[6],
                )
            )
            if len(batch) == 1000:
                Subject.objects.bulk_create(batch)
                batch.clear()
        Subject.objects.bulk_create(batch)
        taken = time.perf_counter() - began
        transaction.set_rollback(True)
    return taken


def resident(process: int) -> int:
    """Return the kilobytes that a process and its children hold now, 0 where it is gone."""
    total = 0
    waiting = [process]
    while waiting:
        number = waiting.pop()
        folder = Path(f"/proc/{number}")
        try:
            total += int((folder / "statm").read_text().split()[1]) * os.sysconf("SC_PAGESIZE") // 1024
            for thread in (folder / "task").iterdir():
                waiting += map(int, (thread / "children").read_text().split())
        except OSError:
            continue
    return total


def work() -> tuple[float, float, float]:
    """Let a worker do what is enqueued; return its seconds, its processor seconds and the most megabytes that it and its child held."""
    command = [sys.executable, "-m", "django", "db_worker", "--batch", "--no-startup-delay", "--interval", "0.1"]
    before = os.times()
    began = time.perf_counter()
    worker = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL)
    most = 0
    while worker.poll() is None:
        most = max(most, resident(worker.pid))
        time.sleep(0.05)
    after = os.times()
    busy = after.children_user + after.children_system - before.children_user - before.children_system
    return time.perf_counter() - began, busy, most / 1024


def run(bureau: Bureau, content: bytes, bare: float) -> None:
    """Upload, check and import `content` as the pages and the worker do, and print how long each step takes."""
    user = bureau.officer
    began = time.perf_counter()
    batch = import_services.upload(user, kind=ImportKind.SUBJECTS, file_name=f"bench.{FORMAT}", content=content)
    print(f"  upload: {time.perf_counter() - began:.1f} s")
    taken, most = 0.0, 0.0
    for title in ("check", "import"):
        seconds, busy, memory = work()
        taken, most = taken + seconds, max(most, memory)
        print(f"  {title}: {seconds:.1f} s from enqueue to done, {busy:.1f} s of processor time, {memory:.0f} MB")
        batch = Import.objects.select_related("work").get(pk=batch.pk)
        if title == "check":
            import_services.confirm(user, batch, all_or_nothing=False)
    print(
        f"  writing transaction: {batch.work.seconds_writing or 0:.1f} s; {batch.state},"
        f" {batch.taken} taken, {batch.updated} updated, {batch.unchanged} unchanged"
    )
    print(
        f"  together {taken:.1f} s, {taken / bare:.1f} times the baseline, {ROWS / taken:,.0f} rows a second, {most:.0f} MB at most"
    )


def main() -> None:
    """Measure and print."""
    call_command("migrate", verbosity=0)
    bureau = make_bureau()
    content, rows = make_table()
    print(f"{ROWS:,} rows, {FORMAT}, {len(content) / 1e6:.0f} MB")
    bare = baseline(bureau, rows[: min(ROWS, 20_000)]) * ROWS / min(ROWS, 20_000)
    print(f"baseline: {bare:.1f} s")
    rows.clear()
    for title in ("first time:", "the same again:"):
        print(title)
        run(bureau, content, bare)
    print("every address changed, each with its row in the log of fields:")
    run(bureau, make_table("新示例路")[0], bare)
    print("ledger sound:", verify_log().sound)


if __name__ == "__main__":
    main()
