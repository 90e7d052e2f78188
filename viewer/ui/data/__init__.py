"""Windows that look at headers and take data out."""
