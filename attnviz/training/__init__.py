"""A data set -> an experiment: settings, the trainer, jobs in processes of their own."""
