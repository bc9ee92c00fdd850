"""The one table of counts."""

from django.db import models
from django.db.models import Q


class FeatureCount(models.Model):
    """A node of a chain, for one account or (`account` = 0) for everybody.

    `digest` is a keyed digest of chain, level and value; `parent` that of the node above. `n` is
    the weight of the sign-ins, halved every 90 days and right at `last_seen`; `times` is their
    plain number. `distinct` counts the different children, `mark` is the highest browser version
    below. Times are whole seconds since 1970, so that both databases can subtract them. A person's
    row is `shared` once the row for everybody counts it. Rows of the chain "named" are places where
    second factors failed (see `risk.history.failure_reputation`).
    """

    account = models.BigIntegerField()
    chain = models.CharField(max_length=8)
    level = models.CharField(max_length=8)
    digest = models.CharField(max_length=31)
    parent = models.CharField(max_length=31, blank=True)
    n = models.FloatField(default=0.0)
    times = models.IntegerField(default=0)
    distinct = models.IntegerField(default=0)
    mark = models.IntegerField(default=0)
    first_seen = models.BigIntegerField()
    last_seen = models.BigIntegerField()
    shared = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "digest"], name="feature_count_once")
        ]
        # none on last_seen: each login would have to move its rows in it
        indexes = [
            models.Index(
                fields=["first_seen"], name="feature_count_to_share", condition=Q(shared=False)
            )
        ]

    def __str__(self) -> str:
        return f"{self.chain}/{self.level} of {self.account or 'everybody'}: {self.n:.1f}"
