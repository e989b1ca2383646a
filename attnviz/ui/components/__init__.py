"""What a page is made of, each a folder of Python, CSS and JavaScript."""
