"""A sentence in colour: what a heat-map shows, and its drawings as HTML and SVG."""
