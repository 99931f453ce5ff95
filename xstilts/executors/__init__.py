"""Ways to run a plan; here, one process on one machine."""
