"""Taking a quiz, as rules: what it is made of, what is dealt, when it closes, what is shown after."""
