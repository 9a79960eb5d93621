"""What things are: resources, runs and their legal steps, errors. Pure: no I/O, no clock."""
