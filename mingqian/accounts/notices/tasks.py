"""Work of the room `accounts` in the background."""

from django_tasks import task

from mingqian.accounts.notices import mail


@task()
def mail_notice(notice_id: int) -> None:
    """Send a notice as mail."""
    mail.send(notice_id)
