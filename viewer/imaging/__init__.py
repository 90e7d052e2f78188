"""Numbers to picture: geometry, display transform, colour, resampling. NumPy only."""
