"""Pictures drawn on the server: self-contained SVG with title and description, no script, no style attributes,
legible in black and white. Titles and descriptions come in the reader's language; legends translate themselves when
drawn. Every picture goes on a page with a table of the same numbers: a picture never carries a fact alone.
"""

from __future__ import annotations

from ourpatch.data.analysis.pictures.balance import balance_chart
from ourpatch.data.analysis.pictures.charts import Bar, bar_list, control_chart
from ourpatch.data.analysis.pictures.comparisons import (
    false_alarm_chart,
    rates_chart,
    vulnerability_bars,
    vulnerability_map,
)
from ourpatch.data.analysis.pictures.effects import before_after_chart, differences_chart, interrupted_chart
from ourpatch.data.analysis.pictures.frame import MapFrame
from ourpatch.data.analysis.pictures.funnels import funnel_plot
from ourpatch.data.analysis.pictures.grids import band_grid
from ourpatch.data.analysis.pictures.hotspots import density_map, hot_spot_map, pattern_map, rate_map, risk_map
from ourpatch.data.analysis.pictures.lorenz import lorenz_curve
from ourpatch.data.analysis.pictures.maps import Area, Picker, area_picker, choropleth, point_map, quantile_breaks
from ourpatch.data.analysis.pictures.ratios import ratio_chart
from ourpatch.data.analysis.pictures.series import cusum_chart, forecast_chart, gap_chart
from ourpatch.data.analysis.pictures.svg import Picture
from ourpatch.data.analysis.pictures.weeks import week_grid

__all__ = [
    "Area",
    "Bar",
    "MapFrame",
    "Picker",
    "Picture",
    "area_picker",
    "balance_chart",
    "band_grid",
    "bar_list",
    "before_after_chart",
    "choropleth",
    "control_chart",
    "cusum_chart",
    "density_map",
    "differences_chart",
    "false_alarm_chart",
    "forecast_chart",
    "funnel_plot",
    "gap_chart",
    "hot_spot_map",
    "interrupted_chart",
    "lorenz_curve",
    "pattern_map",
    "point_map",
    "quantile_breaks",
    "rate_map",
    "rates_chart",
    "ratio_chart",
    "risk_map",
    "vulnerability_bars",
    "vulnerability_map",
    "week_grid",
]
