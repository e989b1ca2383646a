"""Long work, a slice a run."""
