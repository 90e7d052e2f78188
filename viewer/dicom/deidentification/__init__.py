"""Files freed of what tells whose they are (PS3.15 Annex E)."""
