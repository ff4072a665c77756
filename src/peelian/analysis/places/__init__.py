"""Where, how sure, and which areas next."""
