"""The panel that says why a picture looks as it does."""
