"""Say that the storage folder is the right one: `manage.py mark_storage`, after files were restored without their marker."""

from typing import Any

from django.core.files.storage import default_storage
from django.core.management.base import BaseCommand, CommandError

from mingqian.documents.models import StoredFile


class Command(BaseCommand):
    """Write the marker file, where every stored file is there."""

    help = "确认存储文件夹：登记过的文件都在时写入标记文件"

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Look for every file, then mark."""
        storage: Any = default_storage
        if not hasattr(storage, "mark"):
            raise CommandError("文件存放在对象存储里，不需要标记。")
        missing = [row.pk for row in StoredFile.objects.order_by("pk").iterator(2000) if not storage.exists(row.path)]
        if missing:
            raise CommandError(
                f"缺少 {len(missing):,} 个登记过的文件（例如 {missing[0]}），这多半不是原来的文件夹，没有标记。"
            )
        storage.mark()
        self.stdout.write(f"已标记 {storage.location}。请再运行 manage.py verify_everything。")
