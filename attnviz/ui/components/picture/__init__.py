"""A picture as it will be sent, with a button that saves it as PNG."""
