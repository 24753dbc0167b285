import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Organ",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=32, unique=True, verbose_name="机关代码")),
                ("name", models.CharField(max_length=100, verbose_name="机关名称")),
                ("short_name", models.CharField(max_length=40, verbose_name="简称")),
                (
                    "kind",
                    models.CharField(
                        choices=[("province", "省级"), ("city", "市级"), ("district", "区县级")],
                        max_length=10,
                        verbose_name="层级",
                    ),
                ),
                ("area_code", models.CharField(blank=True, max_length=6, verbose_name="行政区划代码")),
                (
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="children",
                        to="accounts.organ",
                        verbose_name="上级机关",
                    ),
                ),
            ],
            options={
                "verbose_name": "机关",
                "ordering": ("code",),
            },
        ),
        migrations.CreateModel(
            name="Division",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=32, verbose_name="科室代码")),
                ("name", models.CharField(max_length=40, verbose_name="科室名称")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("regulations", "综合法规科"),
                            ("business", "业务科室"),
                            ("personnel", "人事科"),
                            ("other", "其他科室"),
                        ],
                        max_length=12,
                        verbose_name="科室类别",
                    ),
                ),
                (
                    "organ",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="divisions",
                        to="accounts.organ",
                        verbose_name="机关",
                    ),
                ),
            ],
            options={
                "verbose_name": "科室",
                "ordering": ("organ", "code"),
            },
        ),
        migrations.CreateModel(
            name="User",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("password", models.CharField(max_length=128, verbose_name="password")),
                ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                ("username", models.CharField(max_length=32, unique=True, verbose_name="用户名")),
                ("name", models.CharField(max_length=40, verbose_name="姓名")),
                ("is_active", models.BooleanField(default=True, verbose_name="在用")),
                (
                    "division",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="users",
                        to="accounts.division",
                        verbose_name="科室",
                    ),
                ),
                (
                    "organ",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="users",
                        to="accounts.organ",
                        verbose_name="机关",
                    ),
                ),
            ],
            options={
                "verbose_name": "用户",
                "ordering": ("username",),
            },
        ),
        migrations.CreateModel(
            name="RoleGrant",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("regulations_officer", "综合法规科经办人"),
                            ("division_officer", "业务科室经办人"),
                            ("division_head", "科室负责人"),
                            ("leader", "分管领导"),
                            ("principal_leader", "主要领导"),
                            ("inspector", "执法检查人员"),
                            ("system_admin", "系统管理员"),
                            ("security_admin", "安全管理员"),
                            ("audit_admin", "审计管理员"),
                        ],
                        max_length=24,
                        verbose_name="角色",
                    ),
                ),
                ("since", models.DateField(verbose_name="自")),
                ("until", models.DateField(blank=True, null=True, verbose_name="至")),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="grants",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="用户",
                    ),
                ),
            ],
            options={
                "verbose_name": "角色授予",
                "ordering": ("user", "since"),
            },
        ),
        migrations.AddConstraint(
            model_name="division",
            constraint=models.UniqueConstraint(fields=("organ", "code"), name="accounts_division_code"),
        ),
        migrations.AddConstraint(
            model_name="rolegrant",
            constraint=models.CheckConstraint(
                condition=models.Q(("until__isnull", True), ("until__gte", models.F("since")), _connector="OR"),
                name="accounts_grant_period",
            ),
        ),
        migrations.AddField(
            model_name="user",
            name="must_change_password",
            field=models.BooleanField(default=False, verbose_name="须修改密码"),
        ),
        migrations.CreateModel(
            name="Field",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=32, verbose_name="领域代码")),
                ("name", models.CharField(max_length=40, verbose_name="业务领域")),
                (
                    "organ",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="fields",
                        to="accounts.organ",
                        verbose_name="机关",
                    ),
                ),
            ],
            options={
                "verbose_name": "业务领域",
                "ordering": ("organ", "code"),
            },
        ),
        migrations.CreateModel(
            name="DivisionField",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "division",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="division_fields",
                        to="accounts.division",
                        verbose_name="科室",
                    ),
                ),
                (
                    "field",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="division_fields",
                        to="accounts.field",
                        verbose_name="业务领域",
                    ),
                ),
            ],
            options={
                "verbose_name": "科室的业务领域",
                "ordering": ("division", "field"),
            },
        ),
        migrations.CreateModel(
            name="SignIn",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("username", models.CharField(max_length=150, verbose_name="用户名")),
                ("at", models.DateTimeField(db_index=True, verbose_name="时间")),
                ("address", models.CharField(blank=True, max_length=45, verbose_name="网络地址")),
                ("agent", models.CharField(blank=True, max_length=200, verbose_name="浏览器")),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("done", "已登录"),
                            ("wrong", "用户名或密码错误"),
                            ("code", "动态口令错误"),
                            ("locked", "已锁定"),
                            ("out", "退出"),
                        ],
                        max_length=8,
                        verbose_name="结果",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="sign_ins",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="用户",
                    ),
                ),
            ],
            options={
                "verbose_name": "登录记录",
                "ordering": ("-at", "-pk"),
            },
        ),
        migrations.AddConstraint(
            model_name="field",
            constraint=models.UniqueConstraint(fields=("organ", "code"), name="accounts_field_code"),
        ),
        migrations.AddConstraint(
            model_name="divisionfield",
            constraint=models.UniqueConstraint(fields=("division", "field"), name="accounts_division_field"),
        ),
        migrations.CreateModel(
            name="SavedFilter",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("page", models.CharField(max_length=60, verbose_name="列表")),
                ("name", models.CharField(max_length=30, verbose_name="名称")),
                ("query", models.CharField(max_length=1000, verbose_name="条件")),
                ("is_default", models.BooleanField(default=False, verbose_name="打开列表时使用")),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="saved_filters",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="用户",
                    ),
                ),
            ],
            options={
                "verbose_name": "常用筛选",
                "ordering": ("page", "name"),
                "constraints": [
                    models.UniqueConstraint(fields=("user", "page", "name"), name="accounts_filter_name"),
                    models.UniqueConstraint(
                        condition=models.Q(("is_default", True)),
                        fields=("user", "page"),
                        name="accounts_filter_default",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="MailAddress",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("box", models.BinaryField()),
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="mail",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="用户",
                    ),
                ),
            ],
            options={
                "verbose_name": "通知邮箱",
                "ordering": ("user",),
            },
        ),
        migrations.CreateModel(
            name="Notice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("title", models.CharField(max_length=120, verbose_name="标题")),
                ("detail", models.CharField(max_length=400, verbose_name="内容")),
                ("path", models.CharField(max_length=200, verbose_name="页面")),
                ("at", models.DateTimeField(verbose_name="时间")),
                ("seen_at", models.DateTimeField(null=True, verbose_name="已阅时间")),
                ("mailed_at", models.DateTimeField(null=True, verbose_name="邮件发出时间")),
                ("mail_problem", models.CharField(blank=True, max_length=200, verbose_name="邮件问题")),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="notices",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="用户",
                    ),
                ),
            ],
            options={
                "verbose_name": "通知",
                "ordering": ("-at", "-pk"),
                "indexes": [models.Index(fields=["user", "seen_at"], name="accounts_notice_unseen")],
            },
        ),
        migrations.CreateModel(
            name="SecondFactor",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("box", models.BinaryField()),
                ("since", models.DateTimeField(verbose_name="启用时间")),
                ("drift", models.SmallIntegerField(default=0)),
                ("last_step", models.BigIntegerField(default=-1)),
                ("failures", models.PositiveIntegerField(default=0)),
                ("failed_at", models.DateTimeField(null=True)),
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="second_factor",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="用户",
                    ),
                ),
            ],
            options={
                "verbose_name": "动态口令",
                "ordering": ("user",),
            },
        ),
    ]
