"""States of a versioned register: what is said of one thing is a revision, what counts is a published version of the whole."""

from django.db import models

from mingqian.pages.tones import toned


class ChangeKind(models.TextChoices):
    """What a revision does to the register."""

    NEW = "new", "新增"
    CHANGE = "change", "调整"
    WITHDRAW = "withdraw", "取消"


@toned(DRAFT="plain:edit", SUBMITTED="soon", CONSULTED="active:check", PUBLISHED="done")
class RevisionState(models.TextChoices):
    """How far a revision has come."""

    DRAFT = "draft", "起草中"
    SUBMITTED = "submitted", "待会同审核"
    CONSULTED = "consulted", "已会同，待编入"
    PUBLISHED = "published", "已公布"
    DROPPED = "dropped", "已放弃"


#: A revision that is under way; a thing has one at most.
OPEN_STATES = (RevisionState.DRAFT, RevisionState.SUBMITTED, RevisionState.CONSULTED)


@toned(PENDING="soon", PUBLISHED="done")
class VersionState(models.TextChoices):
    """How far a version has come."""

    PENDING = "pending", "待领导批准"
    PUBLISHED = "published", "已公布"
    RETURNED = "returned", "已退回"
