"""Clear uploads that nobody went on with. The worker does so by itself; this is for installations without one, once a day."""

from typing import Any

from django.core.management.base import BaseCommand

from mingqian.documents.uploads.services import clear_expired


class Command(BaseCommand):
    """Say how many were cleared."""

    help = "清除逾期没有传完的文件"

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Clear and report."""
        self.stdout.write(f"已清除 {clear_expired()} 个逾期没有传完的文件。")
