"""Work in the background, for every app."""
