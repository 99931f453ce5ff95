"""The training loop and its parts: mixtures, batches, heads, optimizer, checkpoints, several processes."""
