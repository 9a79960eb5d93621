"""What was wished and what was seen, in SQLite. Subject modules work on an open connection, so
that one transaction can span several subjects; `db.Store` gives them one."""
