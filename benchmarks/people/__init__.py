"""People at a server, in Streamlit's own protocol: what `benchmarks.load` and tests share."""
