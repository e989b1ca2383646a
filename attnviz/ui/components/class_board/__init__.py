"""What a class reads from the projector: how to join, the round, how many take part, and what it comes to."""
