"""The data sets, one file each; a new file with a `TASK` in it is a new task."""
