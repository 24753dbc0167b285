"""Subjects, with their identity and phone numbers encrypted."""

from collections.abc import Callable
from typing import ClassVar

from django.db import models
from django.db.models import Q

from mingqian.accounts.models import Organ
from mingqian.common import crypto
from mingqian.ledger.models import Recorded
from mingqian.pages.tones import Shown, shown
from mingqian.registry.phones import phone_key
from mingqian.registry.several import split
from mingqian.registry.subjects.states import CreditClass, Scale, SubjectKind, SubjectStatus


class Subject(Recorded):
    """Somebody who may be inspected (art. 6). `number` is the natural key that enters a draw."""

    #: Computed from the name for searching; says nothing that the name does not.
    LEDGER_IGNORES: ClassVar[frozenset[str]] = frozenset({"initials", "phone_digest"})
    #: Encrypted columns with what they belong to, and the keyed digest that follows from one (`documents.rotation`).
    BOXES: ClassVar[dict[str, str]] = {"id_number_box": "registry/id-number", "phone_box": "registry/phone"}
    BOX_DIGESTS: ClassVar[dict[str, str]] = {"id_number_box": "id_number_digest", "phone_box": "phone_digest"}
    DIGEST_TEXTS: ClassVar[dict[str, Callable[[str], str]]] = {"phone_box": phone_key}

    organ = models.ForeignKey(Organ, models.PROTECT, related_name="subjects", verbose_name="机关")
    number = models.CharField(
        "登记号",
        max_length=64,
        help_text="抽取时使用的编号：统一社会信用代码；没有代码的用登记号，自然人不使用身份证号码。",
    )
    kind = models.CharField("类别", max_length=12, choices=SubjectKind, default=SubjectKind.COMPANY)
    name = models.CharField("名称", max_length=200)
    credit_code = models.CharField("统一社会信用代码", max_length=18, null=True, blank=True)
    registration_number = models.CharField("注册号", max_length=15, blank=True)
    id_number_box = models.BinaryField("身份证号码（密文）", null=True, blank=True)
    id_number_digest = models.CharField(max_length=64, null=True, blank=True)
    district = models.CharField("区县", max_length=40, default="未识别")
    address = models.CharField("地址", max_length=300, blank=True)
    responsible_person = models.CharField("负责人", max_length=100, blank=True)
    phone_box = models.BinaryField("联系方式（密文）", null=True, blank=True)
    #: Of the first number in it, for finding; follows from the box.
    phone_digest = models.CharField(max_length=64, blank=True)
    company_type = models.CharField("企业类型", max_length=100, blank=True)
    capital = models.CharField("注册资金", max_length=60, blank=True)
    established_on = models.DateField("成立日期", null=True, blank=True)
    business_scope = models.TextField("经营范围", blank=True)
    status = models.CharField("状态", max_length=10, choices=SubjectStatus, default=SubjectStatus.ACTIVE)
    status_since = models.DateField("状态自", null=True, blank=True)
    industry = models.CharField("行业代码", max_length=5, blank=True, help_text="GB/T 4754，例如 C2611。")
    scale = models.CharField("规模", max_length=6, choices=Scale, default=Scale.UNKNOWN, blank=True)
    credit_class = models.CharField(
        "信用等级", max_length=1, choices=CreditClass, default=CreditClass.UNKNOWN, blank=True
    )
    #: Codes of business fields and of libraries, and tags, as `subject_models.joined` writes them.
    fields = models.TextField("业务领域", blank=True)
    libraries = models.TextField("专项库", blank=True)
    tags = models.TextField("标签", blank=True)
    #: The first letters of the name in pinyin, computed on save.
    initials = models.CharField("拼音首字母", max_length=200, blank=True)
    #: None: before the log of changes began.
    registered_at = models.DateTimeField("登记时间", null=True, blank=True)
    #: The subject with which this one was found to be the same; it takes part in nothing any more.
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="merged", verbose_name="并入"
    )

    class Meta:
        """One number, one code, one ID number: one subject in an organ's registry."""

        verbose_name = "抽查对象"
        ordering = ("organ", "number")
        constraints = (
            models.UniqueConstraint(fields=("organ", "number"), name="registry_subject_number"),
            models.UniqueConstraint(
                fields=("organ", "credit_code"),
                condition=Q(credit_code__isnull=False),
                name="registry_subject_credit_code",
            ),
            models.UniqueConstraint(
                fields=("organ", "id_number_digest"),
                condition=Q(id_number_digest__isnull=False),
                name="registry_subject_id_number",
            ),
        )
        indexes = (
            models.Index(fields=("organ", "district"), name="registry_subject_district"),
            models.Index(fields=("organ", "name"), name="registry_subject_name"),
            models.Index(fields=("phone_digest",), name="registry_subject_phone"),
        )

    def __str__(self) -> str:
        """Return the name."""
        return self.name

    @property
    def standing(self) -> Shown:
        """Return the status of the business with its colour."""
        return shown(self, "status")

    @property
    def field_codes(self) -> tuple[str, ...]:
        """Return the codes of the business fields under which the subject is kept."""
        return split(self.fields)

    @property
    def library_codes(self) -> tuple[str, ...]:
        """Return the codes of the libraries that the subject is in."""
        return split(self.libraries)

    @property
    def tag_names(self) -> tuple[str, ...]:
        """Return the tags of the subject."""
        return split(self.tags)

    def set_id_number(self, value: str) -> None:
        """Keep an ID number encrypted, with a keyed digest to find it again."""
        self.id_number_box = crypto.encrypt(value, "registry/id-number")
        self.id_number_digest = crypto.keyed_digest(value, "registry/id-number")

    def set_phone(self, value: str) -> None:
        """Keep a phone number encrypted, with a keyed digest to find it again; an empty one clears it."""
        self.phone_box = crypto.encrypt(value, "registry/phone") if value else None
        key = phone_key(value)
        self.phone_digest = crypto.keyed_digest(key, "registry/phone") if key else ""

    def phone(self) -> str:
        """Return the phone number, "" where none is known. For comparing and for the edit form; pages show `phone_masked`."""
        return crypto.decrypt(bytes(self.phone_box), "registry/phone") if self.phone_box else ""

    @property
    def phone_masked(self) -> str:
        """Return the phone number with its middle hidden."""
        phone = self.phone()
        if not phone:
            return ""
        return phone[:3] + "****" + phone[-4:] if len(phone) > 8 else "****"
