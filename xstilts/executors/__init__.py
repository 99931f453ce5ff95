"""Ways to run a plan: in one process on one machine (`local.py`), or as tasks of Ray on one or many (`ray.py`)."""
