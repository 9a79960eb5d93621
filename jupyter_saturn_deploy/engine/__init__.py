"""The one process per state directory that acts."""
