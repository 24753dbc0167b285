"""Notices as mail."""

import logging

from django.conf import settings
from django.core.mail import send_mail

from mingqian.accounts.models.notices import MailAddress, Notice
from mingqian.accounts.models.users import User
from mingqian.common import clock, crypto

logger = logging.getLogger(__name__)
#: What a mail tells besides its title: names of subjects stay on the platform, which asks who is reading.
_BODY = "{name}：\n\n{title}。详情请登录明签查看。\n{link}\n\n本邮件由系统自动发出，请勿回复。"


def address_of(user: User) -> str:
    """Return where the user's mail goes, "" where none is wanted."""
    row = MailAddress.objects.filter(user=user).first()
    if row is None or not bytes(row.box):
        return ""
    return crypto.decrypt(bytes(row.box), f"accounts/mail/{user.pk}")


def send(pk: int) -> bool:
    """Send a notice as mail; a mail server that does not answer is noted, and the notice stays on the workbench as ever."""
    row = Notice.objects.select_related("user").get(pk=pk)
    address = address_of(row.user)
    if row.mailed_at is not None or not address:
        return False
    home = settings.MINGQIAN_PUBLIC_URL.rstrip("/")
    body = _BODY.format(name=row.user.name, title=row.title, link=f"{home}{row.path}" if home else "")
    try:
        send_mail(f"【明签】{row.title}", body, None, [address])
    except OSError as error:
        # smtplib's errors are OSErrors. The text may name the address: it goes to the log of the server only.
        logger.warning("notice %s was not mailed: %s", row.pk, type(error).__name__)
        Notice.objects.filter(pk=pk).update(mail_problem="邮件服务器没有接受，通知仍在工作台。")
        return False
    Notice.objects.filter(pk=pk).update(mailed_at=clock.now(), mail_problem="")
    return True
