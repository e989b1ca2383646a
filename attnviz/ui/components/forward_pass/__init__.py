"""One living picture of the model: a sentence on its way from words to an answer."""
