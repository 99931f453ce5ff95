"""What leaves a study: submissions, exported models with their cards, predictions on new text."""
