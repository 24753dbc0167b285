"""The room `ledger`."""

from django.apps import AppConfig


class LedgerConfig(AppConfig):
    """Ledger."""

    name = "mingqian.ledger"
    label = "ledger"
    verbose_name = "留痕"
