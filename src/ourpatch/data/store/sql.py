"""The one place where a question becomes SQL. What DuckDB and Spark say differently is a `Dialect`; all else they share.

Every part of the text is written here; whatever comes from outside is bound.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field

from ourpatch.data.store.query import CountBy, Dimension, Grid, MomentsIn, PointsIn, Query, Series, TopN, Where


@dataclass(frozen=True, slots=True)
class Dialect:
    """How an engine writes a bound value and names its rows, the first day of `local_date`'s month, its weekday (Monday is
    1), and an instant in microseconds since 1970.
    """

    mark: str
    rows: str
    month: str
    weekday: str
    micros: str


DUCKDB = Dialect(
    mark="$",
    rows="read_parquet($files)",
    month="CAST(date_trunc('month', local_date) AS DATE)",
    weekday="isodow(local_date)",
    micros="epoch_us({})",
)
"""The caller binds `files`, the paths to read."""

SPARK = Dialect(
    mark=":",
    rows="identifier(:rows)",
    month="trunc(local_date, 'MONTH')",
    weekday="weekday(local_date) + 1",
    micros="unix_micros({})",
)
"""The caller binds `rows`, the name of the view to read."""


@dataclass(frozen=True, slots=True)
class Key:
    """What rows are counted by, and the columns that it is worked out of; none where it is a column itself."""

    what: str
    made_of: tuple[str, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that have to be read for it."""
        return self.made_of or (self.what,)


def to_sql(query: Query, dialect: Dialect = DUCKDB) -> tuple[str, dict[str, object]]:
    """The SQL of a question and the values it binds. A series gives only months with rows."""
    asked = _Asked(dialect)
    keys = [asked.key(each, query.where) for each in dimensions(query)]
    conditions = asked.conditions(query.where)
    if isinstance(query, TopN):
        named = f"{keys[0].what} IS NOT NULL AND CAST({keys[0].what} AS STRING) <> ''"
        select = asked.counted(keys, conditions, having=named, order="total DESC, 1")
        return f"{select} LIMIT {asked.bind('top', query.n)}", asked.values
    if isinstance(query, Grid):
        cell = asked.bind("cell", query.cell)
        keys += [Key(f"CAST(floor({axis} / {cell}) AS BIGINT)") for axis in ("easting", "northing")]
    if isinstance(query, PointsIn):
        keys += [Key("easting"), Key("northing"), Key("place")]
    if isinstance(query, MomentsIn):
        instants = [dialect.micros.format(column) for column in ("starts_at", "ends_at")]
        others = ("time_precision", "easting", "northing", "place", "place_precision")
        keys += [Key("local_date"), *(Key(each) for each in instants), *(Key(each) for each in others)]
    if isinstance(query, Grid | PointsIn):
        conditions.append("easting IS NOT NULL")
    return asked.counted(keys, conditions), asked.values


def dimensions(query: Query) -> tuple[Dimension, ...]:
    """What a question counts by, beside points and squares."""
    if isinstance(query, CountBy | PointsIn):
        return query.by
    if isinstance(query, Series):
        return (query.by, Dimension.MONTH) if query.by else (Dimension.MONTH,)
    return (query.by,) if isinstance(query, TopN) else ()


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question as it is being written in one dialect, with the values bound so far."""

    dialect: Dialect
    values: dict[str, object] = field(default_factory=dict)

    def bind(self, name: str, value: object) -> str:
        """Bind a value; what stands for it in the text."""
        self.values[name] = value
        return f"{self.dialect.mark}{name}"

    def key(self, dimension: Dimension, where: Where) -> Key:
        """A dimension as something to count by."""
        match dimension:
            case Dimension.DATASET:
                return Key(f"CAST({self.bind('dataset', where.dataset)} AS STRING)")
            case Dimension.MONTH:
                return Key(self.dialect.month, ("local_date",))
            case Dimension.WEEKDAY:
                # A month or a quarter has no day of the week.
                weekday = f"CASE WHEN time_precision IN ('month', 'quarter') THEN NULL ELSE {self.dialect.weekday} END"
                return Key(weekday, ("time_precision", "local_date"))
            case Dimension.HOUR:
                return Key("local_hour")
            case Dimension.LSOA:
                return Key("coalesce(nullif(publisher_lsoa, ''), lsoa)", ("publisher_lsoa", "lsoa"))
        return Key(str(dimension))

    def counted(self, keys: Sequence[Key], conditions: Iterable[str], having: str = "", order: str = "") -> str:
        """Totals by keys.

        Where a key has to be worked out, its columns are counted first, so that it is worked out once for all rows alike.
        """
        filtered = _clause("WHERE", " AND ".join(conditions))
        rows = f"{self.dialect.rows}{filtered}"
        if any(key.made_of for key in keys):
            columns = ", ".join(dict.fromkeys(column for key in keys for column in key.columns))
            rows = f"(SELECT {columns}, sum(n) AS n FROM {rows} GROUP BY {columns}) AS alike"  # noqa: S608 - see above
        numbers = [str(position) for position in range(1, len(keys) + 1)]
        wanted = "".join(f"{key.what}, " for key in keys)
        grouped = _clause("GROUP BY", ", ".join(numbers))
        having = _clause("HAVING", having if keys else "count(*) > 0")
        ordered = _clause("ORDER BY", order or ", ".join(f"{number} NULLS LAST" for number in numbers))
        return f"SELECT {wanted}CAST(sum(n) AS BIGINT) AS total FROM {rows}{grouped}{having}{ordered}"  # noqa: S608

    def conditions(self, where: Where) -> list[str]:
        """Which rows count."""
        found: list[str] = []
        if where.since is not None:
            found.append(f"local_date >= {self.bind('since', where.since)}")
        if where.until is not None:
            found.append(f"local_date <= {self.bind('until', where.until)}")
        if where.categories is not None:
            found.append(self.among("category", "category", where.categories))
        if where.area is not None:
            found.append(self.in_areas(where.area, where.codes or ()))
        if where.box is not None:
            west, south, east, north = (self.bind(name, value) for name, value in asdict(where.box).items())
            found += [f"easting >= {west}", f"easting < {east}", f"northing >= {south}", f"northing < {north}"]
        return found

    def in_areas(self, area: Dimension, codes: Sequence[str]) -> str:
        """Rows in these areas. An LSOA is the publisher's, else the point's; said so that rows can be passed over unread."""
        if area is not Dimension.LSOA:
            return self.among(str(area), "area", codes)
        by_publisher, by_point = (self.among(column, "area", codes) for column in ("publisher_lsoa", "lsoa"))
        return f"(publisher_lsoa <> '' AND {by_publisher} OR publisher_lsoa = '' AND {by_point})"

    def among(self, column: str, name: str, values: Sequence[str]) -> str:
        """Rows whose column holds one of these. Each is bound by itself, so that an engine can tell where none of them is."""
        bound = [self.bind(f"{name}_{position}", value) for position, value in enumerate(values)]
        return f"{column} IN ({', '.join(bound)})" if bound else "FALSE"


def _clause(word: str, text: str) -> str:
    return f" {word} {text}" if text else ""
