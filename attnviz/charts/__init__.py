"""A result -> a plotly figure. Pure functions; the pages choose the language."""

from attnviz.charts.attention import growth, weights
from attnviz.charts.calibration import reliability
from attnviz.charts.drift import drift_by_count
from attnviz.charts.pairs import slopes
from attnviz.charts.wordmap import word_map

__all__ = ["drift_by_count", "growth", "reliability", "slopes", "weights", "word_map"]
