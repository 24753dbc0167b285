"""The search index of subjects: derived from the registry, so not on the ledger; `manage.py search_rebuild` makes it anew."""

from django.db import models

from mingqian.accounts.models import Organ


class SubjectIndex(models.Model):
    """What a subject is found by, in few bytes: a list of 200,000 is counted by reading through these rows, not through the registry's.

    The grams of `text` stand in the table `registry_subject_grams` beside it, made by the migration for either database.
    """

    #: The subject's own key, never given out here: SQLite keeps the rows by it, as it does those of the grams.
    id = models.BigAutoField(primary_key=True)
    organ = models.ForeignKey(Organ, models.PROTECT, related_name="+", db_index=False)
    #: 0 or 1: a comparison with a number goes along an index, `NOT merged` does not.
    merged = models.PositiveSmallIntegerField(default=0)
    number = models.CharField(max_length=64)
    district = models.CharField(max_length=40)
    status = models.CharField(max_length=10)
    kind = models.CharField(max_length=12)
    company_type = models.CharField(max_length=100)
    industry = models.CharField(max_length=5)
    scale = models.CharField(max_length=6)
    credit_class = models.CharField(max_length=1)
    established_on = models.DateField(null=True)
    fields = models.TextField()
    libraries = models.TextField()
    tags = models.TextField()
    #: Names of the columns that stand empty, as `subject_models.joined` writes them.
    missing = models.TextField()
    #: Folded name, codes, address, responsible person and initials, one a line.
    text = models.TextField()

    def __str__(self) -> str:
        """Return the number."""
        return self.number


class SearchState(models.Model):
    """Changes with every write to an organ's index: what was counted under one token holds as long as the token stays."""

    organ = models.OneToOneField(Organ, models.PROTECT, primary_key=True, related_name="+")
    token = models.CharField(max_length=32)

    def __str__(self) -> str:
        """Return the token."""
        return self.token
