"""Which labels may be wrong, what a person decided about them, and the rows corrected accordingly."""
