"""Encrypt everything anew with the data key in use: `manage.py rotate_data_key`. Stop it at any time and run it again: it goes on."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from mingqian.common import crypto
from mingqian.common.rows import in_steps
from mingqian.documents.models import StoredFile
from mingqian.documents.rotation import services as rotation_services
from mingqian.ledger import services as ledger


class Command(BaseCommand):
    """Every encrypted column, every keyed digest, every confidential file."""

    help = "用现用的数据密钥重新加密全部个人信息、抽取密文和保密文件；可以中断后重新运行"

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Go through models and files, telling how far it is."""
        try:
            rows = self._rows()
            files = self._files()
        except ValueError as error:
            raise CommandError(
                f"有内容用现有的密钥都打不开，已停止，没有丢失任何内容：{error}。请把旧密钥放进 MINGQIAN_DATA_KEY_OLD 后重新运行。"
            ) from error
        if rows or files:
            with transaction.atomic():
                details = {"key": crypto.key_id(), "rows": str(rows), "files": str(files)}
                ledger.record("system", "data.rotated", "data/all", details=details)
        self.stdout.write(f"完成：重新加密 {rows:,} 行数据、{files:,} 个文件，现用密钥编号 {crypto.key_id()}。")
        self.stdout.write("确认 manage.py verify_everything 一致后，可以从 MINGQIAN_DATA_KEY_OLD 中去掉旧密钥。")

    def _rows(self) -> int:
        written = 0
        models = rotation_services.boxed_models()
        work = [
            (model, rotation_services.digests_first(model)) for model in models if getattr(model, "BOX_DIGESTS", {})
        ]
        for model, only in [*work, *((model, None) for model in models)]:
            done = 0
            for looked, fresh in rotation_services.renew_rows("system", model, only):
                done, written = done + looked, written + fresh
                self.stdout.write(f"{model._meta.verbose_name}：已查 {done:,} 行")
        return written

    def _files(self) -> int:
        written = 0
        rows = StoredFile.objects.filter(confidential=True)
        total = rows.count()
        for done, row in enumerate(in_steps(rows), 1):
            written += rotation_services.renew(row)
            if done % 100 == 0 or done == total:
                self.stdout.write(f"保密文件：已查 {done:,} / {total:,} 个")
        return written
