"""Taking a quiz, as rules: what it is made of, what is dealt, when it ends, what is shown."""
