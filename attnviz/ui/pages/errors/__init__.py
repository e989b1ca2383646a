"""The Errors page: why did it get this one wrong."""
