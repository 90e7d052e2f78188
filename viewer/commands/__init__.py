"""The headless commands, a module each: ``configure(parser)``, ``run(arguments) -> exit code``."""
