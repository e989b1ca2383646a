"""The screen: the session, its views and languages; pages, components, charts and caches have rooms of their own."""
