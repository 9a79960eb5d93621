"""Where a run's files come from: the project as it is, a frozen copy of it, a commit of it."""
