"""Records put among areas: what is counted, in which months, and what is known of areas."""
