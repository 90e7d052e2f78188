"""The browser of patients, studies, series and stacks."""
