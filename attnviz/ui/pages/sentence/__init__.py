"""The Sentence page: which words did the classifier look at."""
