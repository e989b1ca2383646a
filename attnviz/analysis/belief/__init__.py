"""How far a heat-map may be believed: what happens without the words it looked at, and what other views say."""
