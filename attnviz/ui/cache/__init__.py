"""What the pages ask of experiments, worked out once for all sessions."""
