"""The image canvas and the controls around it."""
