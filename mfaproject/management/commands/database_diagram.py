"""`manage.py database_diagram`: the tables as the models have them, for docs/database.md."""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand
from django.db.models import Field, ForeignKey, ManyToManyField, Model

APPS = ("accounts", "risk", "mfa", "authenticator")
HEAD = """# The database

Made from the models by `make diagram`; `make check` compares. What a table is for stands in its
model's docstring, who may touch it in [flow.md](flow.md#who-owns-what).
"""


class Command(BaseCommand):
    help = "Prints docs/database.md: the tables of each app and what they point at, as Mermaid."

    def handle(self, *args: Any, **options: Any) -> None:
        """Reads the models only."""
        self.stdout.write("\n".join([HEAD, *_pages()]), ending="")


def _pages() -> Iterator[str]:
    for app in APPS:
        yield f"## {app}\n\n```mermaid\nerDiagram"
        for model in apps.get_app_config(app).get_models():
            yield from _table(model)
        yield "```\n"


def _table(model: type[Model]) -> Iterator[str]:
    table = model._meta.db_table
    yield f"    {table} {{"
    yield from (f"        {_column(field)}" for field in model._meta.concrete_fields)
    yield "    }"
    yield from (f"    {_arrow(table, field)}" for field in _references(model))


def _column(field: "Field[Any, Any]") -> str:
    return " ".join(filter(None, (_kind(field), str(field.column), _key(field))))


def _kind(field: "Field[Any, Any]") -> str:
    """Django's own word for the type: what it is in SQL differs between databases."""
    target = field.target_field if isinstance(field, ForeignKey) else field
    return str(target.get_internal_type()).removesuffix("Field")


def _key(field: "Field[Any, Any]") -> str:
    if field.primary_key:
        return "PK"
    keys = [isinstance(field, ForeignKey) and "FK", field.unique and "UK"]
    return ", ".join(key for key in keys if key)


def _references(model: type[Model]) -> Iterator["ForeignKey[Any, Any] | ManyToManyField[Any, Any]"]:
    for field in (*model._meta.concrete_fields, *model._meta.many_to_many):
        if isinstance(field, ForeignKey | ManyToManyField):
            yield field


def _arrow(table: str, field: "ForeignKey[Any, Any] | ManyToManyField[Any, Any]") -> str:
    """How many rows of this table belong to how many of the other."""
    other = field.related_model._meta.db_table
    if isinstance(field, ManyToManyField):
        return f"{table} }}o--o{{ {other} : {field.name}"
    mine = "o|" if field.unique else "o{"
    theirs = "|o" if field.null else "||"
    return f"{other} {theirs}--{mine} {table} : {field.name}"
