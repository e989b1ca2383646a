"""How the server holds up under many people at once."""
