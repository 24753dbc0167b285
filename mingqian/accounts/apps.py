"""The room `accounts`."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Accounts."""

    name = "mingqian.accounts"
    label = "accounts"
    verbose_name = "机构与用户"
