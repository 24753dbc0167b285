"""Verify the whole log and every recorded row: `manage.py ledger_verify [--kept FILE ...]`."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from mingqian.ledger.verification.selectors import verify_log


class Command(BaseCommand):
    """Exit 0 where everything agrees, otherwise list what does not."""

    help = "核验全部留痕及其登记的每一行数据"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take checkpoints that were kept elsewhere."""
        parser.add_argument("--kept", nargs="*", type=Path, default=[], help="另存的检查点文件（一个文件一个检查点）")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Run and report."""
        findings = verify_log([path.read_text() for path in options["kept"]])
        if not findings.sound:
            lines = [
                *findings.problems,
                *([f"另有 {findings.suppressed} 个问题未列出。"] if findings.suppressed else []),
            ]
            raise CommandError("\n".join(lines))
        self.stdout.write(f"一致：{findings.entries} 条留痕，{findings.rows} 行数据。")
