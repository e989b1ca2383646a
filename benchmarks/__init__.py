"""What we claim, measured: `python -m benchmarks.<name>`."""
