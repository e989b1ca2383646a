"""A data set -> an experiment: settings, vectors, the trainer, and runs in processes of their own."""
