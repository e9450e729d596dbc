"""Rules about people: what a name, an address, a password and a join code may be."""
