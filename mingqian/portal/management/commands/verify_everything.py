"""Verify everything that is kept: the log with every recorded row, the content of every stored file, every draw from its files."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from mingqian.common.snapshot import snapshot
from mingqian.documents.files.selectors import damaged_files
from mingqian.drawing.bundle.selectors import problems_of
from mingqian.drawing.draw.selectors import public_draws
from mingqian.ledger.verification.selectors import verify_log


class Command(BaseCommand):
    """Exit 0 where everything agrees as it stood when this began, otherwise list what does not."""

    help = "核验全部：留痕及其登记的数据、存储的文件、每一场抽取"

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Run and report."""
        problems, count = list[str](), 0
        with snapshot():
            findings = verify_log()
            problems += findings.problems
            problems += [f"文件 {row.pk} 缺失或被改动。" for row in damaged_files()]
            for draw in public_draws().order_by("sealed_at").iterator(50):
                count += 1
                problems += [f"{draw.draw_id}：{problem}" for problem in problems_of(draw)]
        if problems:
            raise CommandError("\n".join(problems))
        self.stdout.write(f"一致：{findings.entries} 条留痕，{findings.rows} 行数据，{count} 场抽取，全部文件。")
