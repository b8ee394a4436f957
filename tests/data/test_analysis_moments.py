"""Moments: local times are kept as they were told, and a zone is refused however it is written."""

from datetime import UTC, datetime

import pytest

from ourpatch.data.analysis.moments import moments
from ourpatch.data.analysis.near_repeat import near_repeat
from ourpatch.ground.errors import BadInput

pytestmark = pytest.mark.rules

ZONED = [
    ["2024-06-01T00:30+01:00", "2024-06-01T02:30+01:00"],
    ["2024-06-01 00:30:00+01", "2024-06-01 02:30:00+01"],
    ["2024-05-31T23:30Z", "2024-06-01T01:30"],
    ["2024-05-31T23:30:00z", "2024-06-01T01:30:00z"],
    [datetime(2024, 5, 31, 23, 30, tzinfo=UTC), datetime(2024, 6, 1, 1, 30)],
]


@pytest.mark.parametrize("given", ZONED)
def test_a_zone_is_refused_however_it_is_written(given):
    """Half past midnight in British summer time is the day before in UTC: another day, and another night."""
    with pytest.raises(BadInput, match="without a zone"):
        moments(given, None, None, 7.0)
    with pytest.raises(BadInput, match="without a zone"):
        moments(["2024-06-01T00:30", "2024-06-01T02:30"], given, None, 7.0)
    with pytest.raises(BadInput, match="without a zone"):
        near_repeat([0, 10], [0, 0], given)


def test_local_times_stay_where_they_were():
    found = moments(["2024-06-01T00:30", "2024-06-02 00:30:00"], None, None, 7.0)
    instants = (found.values / found.per_day * 86_400).astype("datetime64[s]")
    assert [str(one) for one in instants] == ["2024-06-01T00:30:00", "2024-06-02T00:30:00"]


def test_a_date_with_its_day_is_not_taken_for_a_zone():
    assert moments(["2024-06-01", "2024-06-20"], None, None, 7.0).whole_days
