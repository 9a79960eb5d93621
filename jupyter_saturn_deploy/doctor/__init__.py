"""Says of a run that failed what went wrong and what to do: evidence -> cause -> advice -> fix."""
