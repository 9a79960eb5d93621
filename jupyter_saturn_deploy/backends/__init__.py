"""Places that run things."""
