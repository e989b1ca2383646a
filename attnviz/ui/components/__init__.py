"""What pages are made of: each component a folder of Python, CSS and JavaScript."""
