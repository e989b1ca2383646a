"""Tables in files -> labelled data sets with splits, and the data sets that are known by name."""
