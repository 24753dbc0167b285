"""Embedded mode in one command: migrate, load the demo where asked, start the worker, serve."""

import os
import subprocess
import sys
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.migrations.executor import MigrationExecutor
from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server import Server

from mingqian.accounts.models import Organ
from mingqian.portal.demo import bureau
from mingqian.portal.keeper import Keeper


class Command(BaseCommand):
    """Start everything that a small bureau, or somebody who tries the product out, needs."""

    help = "启动平台（嵌入式）：升级数据库、启动后台任务、提供网页"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the address, and whether to load the demo bureau."""
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--demo", action="store_true", help="数据库为空时装入演示机关")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Prepare, say where to go, serve until interrupted."""
        # Database, stored files and keys are for this account alone.
        os.umask(0o077)
        settings.MINGQIAN_HOME.mkdir(parents=True, exist_ok=True)
        self._migrate()
        if options["demo"]:
            os.environ["MINGQIAN_DEMO"] = "true"
            if not Organ.objects.exists():
                call_command("load_demo", stdout=self.stdout)
        host, port = options["host"], options["port"]
        self._announce(f"http://{host}:{port}/", demo_users=options["demo"])
        connections.close_all()
        keeper = Keeper(
            lambda: subprocess.Popen([sys.executable, "-m", "mingqian.portal.embedded_worker"]), self.stderr.write
        )
        keeper.start()
        try:
            Server(
                "mingqian.wsgi:application",
                address=host,
                port=port,
                interface=Interfaces.WSGI,
                websockets=False,
                blocking_threads=16,
                backpressure=64,
                log_level=LogLevels.error,
            ).serve()
        finally:
            keeper.end()

    def _migrate(self) -> None:
        executor = MigrationExecutor(connections[DEFAULT_DB_ALIAS])
        plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
        if plan:
            call_command("migrate", interactive=False, verbosity=0)
            if any(migration.app_label == "registry" for migration, _backwards in plan):
                call_command("search_rebuild", verbosity=0, stdout=self.stdout)

    def _announce(self, address: str, *, demo_users: bool) -> None:
        self.stdout.write(f"明签已启动：{address}  （公示端：{address}public/）")
        if demo_users:
            self.stdout.write(f"演示账号，密码都是 {bureau.PASSWORD}：")
            for username, name, _division, role in bureau.USERS:
                self.stdout.write(f"  {username:<10} {role.label}　{name}")
        self.stdout.write("按 Ctrl+C 停止。")
        self.stdout.flush()
