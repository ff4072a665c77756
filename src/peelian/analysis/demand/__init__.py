"""What the work is, how much, and under whose definition."""
