"""One transaction on the database, a module for each kind of row."""
