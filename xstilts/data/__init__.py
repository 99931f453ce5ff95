"""The way of rows: found in a folder or fetched, cut into splits, turned into pieces and features."""
