"""A button that puts a text, or the page's own link, on the clipboard."""
