"""A result -> a plotly figure. Pure functions; the pages choose the language."""

from attnviz.ui.charts.attention import attention_history, weights
from attnviz.ui.charts.calibration import reliability
from attnviz.ui.charts.drift import drift_by_count
from attnviz.ui.charts.pairs import slopes
from attnviz.ui.charts.word_map import word_map

__all__ = ["drift_by_count", "attention_history", "reliability", "slopes", "weights", "word_map"]
