"""What is open and how it is looked at. QtCore at most, no widgets."""
