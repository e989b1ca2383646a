"""A result -> a plotly figure: pure functions, one file a kind; the pages choose the language."""
