"""The room `rules`."""

from django.apps import AppConfig


class RulesConfig(AppConfig):
    """Rules."""

    name = "mingqian.rules"
    label = "rules"
    verbose_name = "规则"
