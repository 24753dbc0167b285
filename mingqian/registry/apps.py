"""The room `registry`."""

from django.apps import AppConfig


class RegistryConfig(AppConfig):
    """Registry."""

    name = "mingqian.registry"
    label = "registry"
    verbose_name = "名录库"
