"""From a study to its plan: inputs found, stages worked out, work counted."""
