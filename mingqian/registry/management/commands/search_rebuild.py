"""Make the search index of subjects anew, or only compare it with the registry: `manage.py search_rebuild [--check]`."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from mingqian.registry.search.services import differences, rebuild

_MOST = 50


class Command(BaseCommand):
    """The index is derived from the registry: making it anew loses nothing."""

    help = "重建抽查对象的检索索引；--check 只核对，不改动"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Ask whether only to compare."""
        parser.add_argument("--check", action="store_true", help="只核对索引与名录库是否一致")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Rebuild, telling how far it is, or compare and exit 1 where something differs."""
        if options["check"]:
            found = list(differences())
            if found:
                more = [f"另有 {len(found) - _MOST:,} 处未列出。"] if len(found) > _MOST else []
                raise CommandError("\n".join([*found[:_MOST], *more, "请运行 manage.py search_rebuild 重建索引。"]))
            self.stdout.write("检索索引与名录库一致。")
            return
        done = 0
        for done in rebuild():
            if options["verbosity"]:
                self.stdout.write(f"已处理 {done:,} 家")
        if done or options["verbosity"]:
            self.stdout.write(f"检索索引已重建，共 {done:,} 家。")
