"""Tables in files -> labelled data sets with splits."""
