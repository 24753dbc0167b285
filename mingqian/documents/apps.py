"""The room `documents`."""

from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    """Documents."""

    name = "mingqian.documents"
    label = "documents"
    verbose_name = "文件"
