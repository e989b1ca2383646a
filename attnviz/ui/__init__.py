"""The screen: one file a page, plus what the pages share."""
