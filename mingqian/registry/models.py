"""The two registries (两库): subjects and inspectors. Imports live in `registry/importing`."""

from collections.abc import Callable
from typing import ClassVar

from django.db import models
from django.db.models import Q

from mingqian.accounts.models import Division, Organ, User
from mingqian.common import crypto
from mingqian.documents.models import StoredFile
from mingqian.ledger.models import Recorded
from mingqian.registry.people_models import Absence, Expert, InspectorField, Interest, Qualification
from mingqian.registry.personal_models import PersonalAccess
from mingqian.registry.phones import phone_key
from mingqian.registry.search_models import SearchState, SubjectIndex
from mingqian.registry.states import (
    CreditClass,
    ImportPhase,
    ImportState,
    ImportTarget,
    RegisterKind,
    RowOutcome,
    Scale,
    Sex,
    SubjectKind,
    SubjectStatus,
)
from mingqian.registry.subject_models import (
    BAR,
    Distinct,
    Exemption,
    Flag,
    Library,
    Permit,
    SubjectChange,
    joined,
    split,
)

__all__ = [
    "BAR",
    "Absence",
    "Distinct",
    "Exemption",
    "Expert",
    "Flag",
    "Import",
    "ImportChunk",
    "ImportRow",
    "ImportWork",
    "Inspector",
    "InspectorField",
    "Interest",
    "Library",
    "Permit",
    "PersonalAccess",
    "Qualification",
    "Register",
    "SearchState",
    "Subject",
    "SubjectChange",
    "SubjectIndex",
    "joined",
    "split",
]


class Register(Recorded):
    """A book of an organ: the last number that it gave out, and a version that every write raises.

    Whoever writes locks the row first, so that numbers have no gaps and an import knows whether what it checked still holds.
    """

    organ = models.ForeignKey(Organ, models.PROTECT, related_name="registers", verbose_name="机关")
    kind = models.CharField("登记簿", max_length=12, choices=RegisterKind)
    version = models.PositiveBigIntegerField("版本", default=0)
    last_number = models.PositiveBigIntegerField("最后一个登记号", default=0)

    class Meta:
        """One book of a kind for an organ."""

        verbose_name = "登记簿"
        constraints = (models.UniqueConstraint(fields=("organ", "kind"), name="registry_register_kind"),)


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


class Inspector(Recorded):
    """Somebody who may inspect (art. 7). The certificate number is the natural key that enters a draw."""

    organ = models.ForeignKey(Organ, models.PROTECT, related_name="inspectors", verbose_name="机关")
    division = models.ForeignKey(Division, models.PROTECT, related_name="inspectors", verbose_name="科室")
    certificate_number = models.CharField("执法证号", max_length=64)
    name = models.CharField("姓名", max_length=40)
    sex = models.CharField("性别", max_length=6, choices=Sex, default=Sex.UNKNOWN, blank=True)
    post = models.CharField("岗位", max_length=60, blank=True)
    valid_from = models.DateField("证件有效期自", null=True, blank=True)
    valid_until = models.DateField("证件有效期至", null=True, blank=True)
    on_establishment = models.BooleanField("行政编制", default=True)
    enforcement_post = models.BooleanField("在执法岗位", default=True)
    #: The account with which the inspector declares interests; set by the division.
    user = models.OneToOneField(
        User, models.PROTECT, null=True, blank=True, related_name="inspector", verbose_name="本人账号"
    )

    class Meta:
        """One certificate, one inspector; it ends after it begins."""

        verbose_name = "执法检查人员"
        ordering = ("organ", "certificate_number")
        constraints = (
            models.UniqueConstraint(fields=("organ", "certificate_number"), name="registry_inspector_certificate"),
            models.CheckConstraint(
                condition=Q(valid_from__isnull=True)
                | Q(valid_until__isnull=True)
                | Q(valid_until__gte=models.F("valid_from")),
                name="registry_inspector_validity",
            ),
        )

    def __str__(self) -> str:
        """Return the name."""
        return self.name


class Import(Recorded):
    """A table that somebody brings into a registry: file, how it is read, what became of it (A6.1)."""

    organ = models.ForeignKey(Organ, models.PROTECT, related_name="imports", verbose_name="机关")
    number = models.CharField("导入编号", max_length=20)
    target = models.CharField("导入到", max_length=12, choices=ImportTarget)
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+", verbose_name="文件")
    file_name = models.CharField("文件名", max_length=200)
    sheet = models.CharField("工作表", max_length=100, blank=True)
    header_row = models.PositiveIntegerField("表头所在行", default=0)
    mapping = models.JSONField("列的对应", default=dict)
    update_existing = models.BooleanField("更新已在名录库中的", default=True)
    all_or_nothing = models.BooleanField("全部正确才导入", default=False)
    state = models.CharField("状态", max_length=12, choices=ImportState, default=ImportState.UPLOADED)
    message = models.CharField("说明", max_length=500, blank=True)
    total = models.PositiveIntegerField("行数", default=0)
    taken = models.PositiveIntegerField("新增", default=0)
    updated = models.PositiveIntegerField("更新", default=0)
    unchanged = models.PositiveIntegerField("无变化", default=0)
    refused = models.PositiveIntegerField("未采用", default=0)
    created_by = models.CharField("导入人", max_length=200)
    created_at = models.DateTimeField("上传时间")
    finished_at = models.DateTimeField("结束时间", null=True, blank=True)

    class Meta:
        """Newest first."""

        verbose_name = "导入"
        ordering = ("-created_at", "-pk")
        constraints = (models.UniqueConstraint(fields=("organ", "number"), name="registry_import_number"),)

    def __str__(self) -> str:
        """Return the number."""
        return self.number


class ImportWork(models.Model):
    """What the worker notes while it works on an import, and what the preview shows; no business data, not on the ledger."""

    of = models.OneToOneField(Import, models.PROTECT, related_name="work", primary_key=True)
    phase = models.CharField(max_length=10, choices=ImportPhase, default=ImportPhase.WAITING)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    worker = models.CharField(max_length=200, blank=True)
    phase_at = models.DateTimeField()
    beat_at = models.DateTimeField()
    seconds_writing = models.FloatField(null=True)
    register_version = models.PositiveBigIntegerField(null=True)
    last_number = models.PositiveBigIntegerField(default=0)
    report_digest = models.CharField(max_length=64, blank=True)
    reasons = models.JSONField(default=dict)
    sheets = models.JSONField(default=list)
    columns = models.JSONField(default=list)
    sample = models.JSONField(default=list)
    preview = models.JSONField(default=list)

    def __str__(self) -> str:
        """Say what is done to which import."""
        return f"{self.of_id} {self.phase}"


class ImportRow(models.Model):
    """What became of one row of the table; `reason` says why it was refused, or what was changed."""

    of = models.ForeignKey(Import, models.PROTECT, related_name="rows")
    row = models.PositiveIntegerField("行号")
    outcome = models.CharField("结果", max_length=10, choices=RowOutcome)
    code = models.CharField("原因代码", max_length=40, blank=True)
    reason = models.CharField("原因", max_length=500, blank=True)
    name = models.CharField("名称", max_length=200, blank=True)
    number = models.CharField("登记号", max_length=64, blank=True)

    class Meta:
        """In the order of the table."""

        verbose_name = "导入明细"
        ordering = ("row",)
        constraints = (models.UniqueConstraint(fields=("of", "row"), name="registry_import_row"),)
        indexes = (
            models.Index(fields=("of", "outcome", "row"), name="registry_import_outcome"),
            models.Index(fields=("number",), name="registry_import_row_number"),
        )

    def __str__(self) -> str:
        """Say what became of which row."""
        return f"{self.row} {self.outcome}"


class ImportChunk(models.Model):
    """Decisions of a checked table that wait for its confirmation, packed and encrypted (they hold ID and phone numbers)."""

    BOXES: ClassVar[dict[str, str]] = {"box": "registry/import-chunk/{of_id}/{position}"}

    of = models.ForeignKey(Import, models.PROTECT, related_name="chunks")
    position = models.PositiveIntegerField()
    box = models.BinaryField()

    class Meta:
        """In the order of the table."""

        ordering = ("position",)
        constraints = (models.UniqueConstraint(fields=("of", "position"), name="registry_import_chunk"),)

    def __str__(self) -> str:
        """Say which chunk of which import."""
        return f"{self.of_id} {self.position}"
