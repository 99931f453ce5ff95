"""Speed and memory, ours and the peers' in one run: `make bench`."""
