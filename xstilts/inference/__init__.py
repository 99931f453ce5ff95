"""What a trained encoder is asked for: predictions, pooled sentences, neighbors, translation pairs, probes."""
