"""Tables in files -> labelled data sets with splits; and how attnviz writes files of its own."""
