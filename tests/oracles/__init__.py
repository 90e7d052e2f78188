"""Other programs as judges: DCMTK, highdicom, SimpleITK and the corpus's own truth."""
