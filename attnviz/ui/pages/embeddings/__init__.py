"""The Embeddings page: what did fine-tuning do to the words."""
