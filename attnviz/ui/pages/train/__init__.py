"""The Train page: how does it learn where to look."""
