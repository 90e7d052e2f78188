"""Whether files are as the standard wants them."""
