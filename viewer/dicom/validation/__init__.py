"""Whether files follow the standard: one subject a module, each departure a finding."""
