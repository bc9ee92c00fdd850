"""Queries of the ORM that are built once and asked many times.

Django builds the SQL of a query anew each time, and for a query with a dozen joins and subqueries
that takes more CPU than everything else in the request together. Here it is built at the first
call; a later one only puts other values into it.

The values may be of the types int, str and datetime, and must reach the SQL unchanged: what is
computed from one, such as an earlier moment, is a value of its own. Anything else is refused at the
first call, with NotPrepared.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any, Generic, TypeVar, cast

from django.core.exceptions import EmptyResultSet
from django.db import connections, transaction
from django.db.models import CharField, Field, Model, QuerySet, TextField
from django.db.models.sql import InsertQuery, UpdateQuery
from django.db.models.sql.compiler import SQLCompiler, SQLUpdateCompiler
from django.db.models.sql.constants import ROW_COUNT

Row = TypeVar("Row")
Thing = TypeVar("Thing")

_SAMPLES: dict[type, Callable[[int], Any]] = {
    int: lambda number: 2_000_000_000 + number,  # fits every integer column
    str: lambda number: f"\N{INVISIBLE SEPARATOR}{number}",
    datetime: lambda number: datetime(9000, 1, 1, tzinfo=UTC) + timedelta(seconds=number),
}


class NotPrepared(TypeError):
    """A query that cannot be built once: a value decides its form, or reaches it changed."""


@dataclass(frozen=True, slots=True)
class _Draft:
    """One compilation: `named` has the sample that was given for each name, as
    the database takes it."""

    queryset: QuerySet[Any, Any]
    compiler: SQLCompiler
    sql: str
    values: tuple[Any, ...]
    named: dict[str, Any]

    def name_at(self, place: int) -> str:
        """Whose sample stands there; "" where it is nobody's."""
        value = self.values[place]
        return next((name for name, sample in self.named.items() if sample == value), "")


@dataclass(frozen=True, slots=True)
class _Plan:
    """The SQL, its values, and which of them are whose: `places` has the position of a value → the
    name of what goes there."""

    queryset: QuerySet[Any, Any]
    compiler: SQLCompiler
    sql: str
    values: tuple[Any, ...]
    places: dict[int, str]

    def filled(self, given: dict[str, Any]) -> SQLCompiler:
        """A compiler that has its SQL made, for the connection of this thread."""
        connection = connections[self.queryset.db]
        values = list(self.values)
        for place, name in self.places.items():
            values[place] = _like(values[place], _adapted(connection, given[name]))
        compiler = _twin(self.compiler)
        compiler.connection = connection
        compiler.as_sql = lambda *_args, **_options: (self.sql, tuple(values))  # type: ignore[method-assign]
        return compiler

    def rows(self, given: dict[str, Any]) -> Iterable[Any]:
        """What the query set gives."""
        compiler = self.filled(given)
        queryset = _twin(self.queryset)
        query = queryset._query = _twin(self.queryset.query)  # type: ignore[attr-defined]
        query.get_compiler = lambda *_args, **_options: compiler  # type: ignore[method-assign]
        return cast(Iterable[Any], queryset._iterable_class(queryset))


def _twin(thing: Thing) -> Thing:
    """A copy with attributes of its own and the same values. The classes' own
    ways to be copied do far more."""
    twin = object.__new__(type(thing))
    twin.__dict__.update(thing.__dict__)
    return twin


class _Once:
    """Builds at the first call, twice, with values that nobody has: what
    differs is where they go."""

    def __init__(self, build: Callable[..., Any], kinds: dict[str, type]) -> None:
        self._build, self._kinds = build, kinds
        self._plans: dict[str, _Plan] = {}

    def plan(self) -> _Plan:
        """For the kind of database that is in use."""
        vendor = connections["default"].vendor
        if vendor not in self._plans:
            self._plans[vendor] = self._made()
        return self._plans[vendor]

    def _made(self) -> _Plan:
        numbers = count(1)
        one, other = (
            self._draft({name: _SAMPLES[kind](next(numbers)) for name, kind in self._kinds.items()})
            for _ in range(2)
        )
        if one.sql != other.sql:
            raise NotPrepared("a value decides the form of this query")
        _settle(one)
        places = {
            place: one.name_at(place)
            for place, value in enumerate(one.values)
            if value != other.values[place]
        }
        if any(other.name_at(place) != name for place, name in places.items()) or set(
            places.values()
        ) != set(self._kinds):
            raise NotPrepared("a value does not reach this query as it was given")
        return _Plan(one.queryset, one.compiler, one.sql, one.values, places)

    def _draft(self, samples: dict[str, Any]) -> _Draft:
        built = self._build(**samples)
        queryset, query = (
            (built, built.query) if isinstance(built, QuerySet) else (built[0], _changing(*built))
        )
        compiler = query.get_compiler(using=queryset.db)
        try:
            sql, values = compiler.as_sql()
        except EmptyResultSet as nothing:
            raise NotPrepared("a value decides that this query finds nothing") from nothing
        return _Draft(
            queryset,
            compiler,
            sql,
            tuple(values),
            {name: _adapted(compiler.connection, sample) for name, sample in samples.items()},
        )


def _settle(draft: _Draft) -> None:
    """How columns become values of Python is the same for every row of every call."""
    compiler = draft.compiler
    if draft.queryset._prefetch_related_lookups:  # type: ignore[attr-defined]
        raise NotPrepared("related rows that are fetched by further queries")
    if not isinstance(compiler, SQLUpdateCompiler):
        columns = [column for column, _sql, _alias in compiler.select[: compiler.col_count]]
        converters, composite = (
            compiler.get_converters(columns),
            compiler.has_composite_fields(columns),
        )
        compiler.get_converters = lambda _columns: converters  # type: ignore[assignment, method-assign]
        compiler.has_composite_fields = lambda _columns: composite  # type: ignore[assignment, method-assign]


def _changing(queryset: QuerySet[Any], changes: dict[str, Any]) -> UpdateQuery:
    """The query behind `queryset.update(**changes)`."""
    query = cast(UpdateQuery, queryset.query.chain(UpdateQuery))
    query.add_update_values(changes)
    return query


def _adapted(connection: Any, value: Any) -> Any:
    """A value as this database takes it."""
    return connection.ops.adapt_datetimefield_value(value) if isinstance(value, datetime) else value


def _like(sample: Any, value: Any) -> Any:
    """PostgreSQL's driver tells the sizes of integers apart by classes of its own."""
    return type(sample)(value) if isinstance(sample, int) else value


class Prepared(Generic[Row]):
    """`Prepared(build, user_id=int, now=datetime)`: the query set that `build(user_id=…, now=…)`
    makes; call it with such values for its rows."""

    def __init__(self, build: Callable[..., QuerySet[Any, Row]], **kinds: type) -> None:
        self._once = _Once(build, kinds)

    def __call__(self, **values: Any) -> list[Row]:
        """The rows, as the query set would give them. One statement."""
        return list(self.rows(values))

    def first(self, **values: Any) -> Row | None:
        """The first row; `build` limits and orders them."""
        return next(iter(self.rows(values)), None)

    def rows(self, values: dict[str, Any]) -> Iterable[Row]:
        """Asked for where they are read."""
        return self._once.plan().rows(values)


class PreparedUpdate:
    """The same for a conditional UPDATE: `build` gives the query set and the changes; a call gives
    how many rows it changed."""

    def __init__(
        self, build: Callable[..., tuple[QuerySet[Any], dict[str, Any]]], **kinds: type
    ) -> None:
        self._once = _Once(build, kinds)

    def __call__(self, **values: Any) -> int:
        """One statement."""
        plan = self._once.plan()
        with transaction.mark_for_rollback_on_error(using=plan.queryset.db):
            return int(plan.filled(values).execute_sql(ROW_COUNT))  # type: ignore[call-overload]


@dataclass(frozen=True, slots=True)
class _Column:
    """`read` is None where the attribute's own value is what there is to store. A text goes to the
    database as it is, all else through `adapt`."""

    name: str
    read: Callable[[Model, bool], Any] | None
    adapt: Callable[..., Any]
    is_text: bool

    def stored(self, row: Model, connection: Any) -> Any:
        value = getattr(row, self.name) if self.read is None else self.read(row, True)
        return (
            value
            if value is None or (self.is_text and type(value) is str)
            else self.adapt(value, connection)
        )


@dataclass(frozen=True, slots=True)
class _Insert:
    sql: str
    columns: tuple[_Column, ...]
    key: str
    """The attribute that the database fills; "" where rows bring their own key."""


_INSERTS: dict[tuple[type[Model], bool, str], _Insert] = {}


def insert(row: Model) -> None:
    """A new row, which gets its key: one INSERT, built once for each model. As
    `row.save(force_insert=True)`, but no signal is sent."""
    connection = connections["default"]
    place = type(row), row.pk is None, connection.vendor
    if place not in _INSERTS:
        _INSERTS[place] = _insertion(row, connection)
    plan = _INSERTS[place]
    values = [column.stored(row, connection) for column in plan.columns]
    with transaction.mark_for_rollback_on_error(), connection.cursor() as cursor:
        cursor.execute(plan.sql, values)
        if plan.key:
            setattr(row, plan.key, cursor.fetchone()[0])
    row._state.adding, row._state.db = False, connection.alias


def _insertion(row: Model, connection: Any) -> _Insert:
    meta = row._meta
    made = meta.auto_field if row.pk is None else None
    fields = [
        field for field in meta.local_concrete_fields if field is not made and not field.generated
    ]
    query = InsertQuery(type(row))
    query.insert_values(fields, [row])
    compiler = query.get_compiler(connection=connection)
    compiler.returning_fields = [made] if made else []
    ((sql, _values),) = compiler.as_sql()
    return _Insert(sql, tuple(_column(field) for field in fields), made.attname if made else "")


def _column(field: Any) -> _Column:
    plain = type(field).pre_save is Field.pre_save
    is_text = type(field) in (CharField, TextField)
    return _Column(
        field.attname, None if plain else field.pre_save, field.get_db_prep_save, is_text
    )
