"""What can be asked of a sentence, of a word and, in `evaluation`, of a data set."""
