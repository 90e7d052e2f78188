"""Work off the GUI thread: scan, decode service, frame cache. No Qt."""
