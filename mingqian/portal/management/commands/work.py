"""Run background tasks: `manage.py work`, one or more of them in the served mode."""

from typing import Any

from django.core.management.base import BaseCommand

from mingqian.portal.worker import work


class Command(BaseCommand):
    """Work until told to end."""

    help = "后台任务进程：数据库重启后自动恢复，接手中断的任务"

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Work."""
        work()
