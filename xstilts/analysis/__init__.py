"""What the results say: intervals, paired differences, scores of targets."""
