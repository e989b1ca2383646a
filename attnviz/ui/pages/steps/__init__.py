"""The Step by step page: how does a sentence become an answer."""
