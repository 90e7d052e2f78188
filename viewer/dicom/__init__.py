"""What is in the files: sources, headers, catalogue, frames, tags. pydicom lives here alone."""
