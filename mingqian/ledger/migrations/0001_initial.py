import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Checkpoint",
            fields=[
                ("size", models.PositiveBigIntegerField(primary_key=True, serialize=False)),
                ("note", models.TextField()),
            ],
        ),
        migrations.CreateModel(
            name="Entry",
            fields=[
                ("index", models.PositiveBigIntegerField(primary_key=True, serialize=False, verbose_name="序号")),
                ("time", models.CharField(max_length=20, verbose_name="时间")),
                ("actor", models.CharField(max_length=200, verbose_name="操作人")),
                ("verb", models.CharField(max_length=64, verbose_name="动作")),
                ("subject", models.CharField(db_index=True, max_length=200, verbose_name="对象")),
                ("digest", models.CharField(max_length=64, verbose_name="内容指纹")),
                ("rows", models.CharField(max_length=64, verbose_name="数据指纹")),
            ],
            options={
                "ordering": ("index",),
            },
        ),
        migrations.CreateModel(
            name="Manifest",
            fields=[
                (
                    "entry",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="manifest",
                        serialize=False,
                        to="ledger.entry",
                    ),
                ),
                ("body", models.BinaryField()),
            ],
        ),
        migrations.CreateModel(
            name="Node",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("level", models.PositiveSmallIntegerField()),
                ("position", models.PositiveBigIntegerField()),
                ("hash", models.BinaryField(max_length=32)),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("level", "position"), name="ledger_node_once")],
            },
        ),
        migrations.CreateModel(
            name="Verification",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("asked_by", models.CharField(max_length=200, verbose_name="发起人")),
                ("started_at", models.DateTimeField(verbose_name="开始时间")),
                ("finished_at", models.DateTimeField(null=True, verbose_name="结束时间")),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("running", "核验中"),
                            ("sound", "一致"),
                            ("damaged", "发现改动"),
                            ("broken", "中断"),
                        ],
                        default="running",
                        max_length=10,
                        verbose_name="结论",
                    ),
                ),
                ("entries", models.PositiveBigIntegerField(default=0, verbose_name="条目数")),
                ("rows", models.PositiveBigIntegerField(default=0, verbose_name="数据行数")),
                ("problems", models.JSONField(default=list, verbose_name="问题")),
                ("worker", models.CharField(blank=True, max_length=200)),
                ("answer", models.TextField(blank=True, verbose_name="说明")),
                ("answered_by", models.CharField(blank=True, max_length=200, verbose_name="说明人")),
                ("answered_at", models.DateTimeField(null=True, verbose_name="说明时间")),
            ],
            options={
                "ordering": ("-started_at", "-pk"),
                "verbose_name": "核验记录",
            },
        ),
        migrations.CreateModel(
            name="Cosigner",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=60, verbose_name="见证方")),
                ("key", models.CharField(max_length=200, verbose_name="公钥")),
                ("public", models.CharField(max_length=64, unique=True)),
                (
                    "address",
                    models.URLField(
                        blank=True,
                        help_text="见证服务的地址；留空则由见证方自己来取，或人工传递文件。",
                        verbose_name="地址",
                    ),
                ),
                ("registered_by", models.CharField(max_length=200, verbose_name="登记人")),
                ("registered_at", models.DateTimeField(verbose_name="登记时间")),
                ("ended_by", models.CharField(blank=True, max_length=200, verbose_name="停用人")),
                ("ended_at", models.DateTimeField(null=True, verbose_name="停用时间")),
                ("ended_why", models.CharField(blank=True, max_length=200, verbose_name="停用原因")),
                ("trouble", models.CharField(blank=True, max_length=200, verbose_name="最近一次联系")),
                ("troubled_at", models.DateTimeField(null=True)),
            ],
            options={
                "verbose_name": "外部见证方",
                "ordering": ("pk",),
            },
        ),
        migrations.CreateModel(
            name="Cosignature",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("size", models.PositiveBigIntegerField(db_index=True, verbose_name="条数")),
                ("at", models.PositiveBigIntegerField(verbose_name="见证时间（Unix 秒）")),
                ("line", models.CharField(max_length=300)),
                (
                    "cosigner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="signatures", to="ledger.cosigner"
                    ),
                ),
            ],
            options={
                "ordering": ("size", "cosigner"),
                "constraints": [
                    models.UniqueConstraint(fields=("cosigner", "size"), name="ledger_cosigned_once"),
                ],
            },
        ),
    ]
