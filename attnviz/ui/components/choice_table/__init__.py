"""Tables whose cells or lines are buttons."""
