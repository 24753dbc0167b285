import django.db.models.deletion
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

#: Covering, so that a filtered list is counted and cut into pages without touching the rows; PostgreSQL's entries are limited in size,
#: so the columns that hold any number of names stay out of them there.
_SHORT = "kind, company_type, industry, scale, credit_class, established_on"
_COLUMNS = f"status, {_SHORT}, fields, libraries, tags, missing"
_SQLITE = (
    "CREATE VIRTUAL TABLE registry_subject_grams USING fts5(grams, content='', detail=none, tokenize='ascii')",
    f"CREATE INDEX registry_index_by_district ON registry_subjectindex (organ_id, merged, district, {_COLUMNS})",
    f"CREATE INDEX registry_index_by_number ON registry_subjectindex (organ_id, merged, number, district, {_COLUMNS})",
)
_POSTGRESQL = (
    "CREATE TABLE registry_subject_grams (id bigint PRIMARY KEY, grams int[] NOT NULL)",
    "CREATE INDEX registry_subject_grams_gin ON registry_subject_grams USING gin (grams) WITH (gin_pending_list_limit = 65536)",
    # Compared byte by byte, whatever the database's locale: a page deep in the list is sorted in time.
    'ALTER TABLE registry_subjectindex ALTER COLUMN number TYPE varchar(64) COLLATE "C"',
    'ALTER TABLE registry_subjectindex ALTER COLUMN text TYPE text COLLATE "C"',
    (
        "CREATE INDEX registry_index_by_district ON registry_subjectindex (organ_id, merged, district, status)"
        " INCLUDE (kind, company_type, industry, scale, credit_class, established_on, id)"
    ),
    (
        "CREATE INDEX registry_index_by_number ON registry_subjectindex (organ_id, merged, number)"
        " INCLUDE (id, district, status, kind, company_type, industry, scale, credit_class, established_on)"
    ),
)


def make(_apps: object, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Make what Django's models cannot say. A later rebuild of the model's table on SQLite loses its indexes: make them again there."""
    for statement in _POSTGRESQL if schema_editor.connection.vendor == "postgresql" else _SQLITE:
        schema_editor.execute(statement)


def drop(_apps: object, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Undo `make`."""
    schema_editor.execute("DROP TABLE registry_subject_grams")


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_users_roles_fields"), ("registry", "0003_subject_parts")]
    operations = [
        migrations.CreateModel(
            name="SearchState",
            fields=[
                (
                    "organ",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="accounts.organ",
                    ),
                ),
                ("token", models.CharField(max_length=32)),
            ],
        ),
        migrations.CreateModel(
            name="SubjectIndex",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("merged", models.PositiveSmallIntegerField(default=0)),
                ("number", models.CharField(max_length=64)),
                ("district", models.CharField(max_length=40)),
                ("status", models.CharField(max_length=10)),
                ("kind", models.CharField(max_length=12)),
                ("company_type", models.CharField(max_length=100)),
                ("industry", models.CharField(max_length=5)),
                ("scale", models.CharField(max_length=6)),
                ("credit_class", models.CharField(max_length=1)),
                ("established_on", models.DateField(null=True)),
                ("fields", models.TextField()),
                ("libraries", models.TextField()),
                ("tags", models.TextField()),
                ("missing", models.TextField()),
                ("text", models.TextField()),
                (
                    "organ",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organ",
                        db_index=False,
                    ),
                ),
            ],
        ),
        migrations.RunPython(make, drop),
    ]
