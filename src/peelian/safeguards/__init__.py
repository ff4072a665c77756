"""Who looked, and why: the audit log, purposes, the transparency record, and what may be public."""
