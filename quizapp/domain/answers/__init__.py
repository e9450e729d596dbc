"""What question types share: localised text, comparison of text and numbers, options, refusals."""
