"""Made-up records beside real ones: the same moments of both, and why where they differ."""
