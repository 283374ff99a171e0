"""What the user of a command can mend: one error, raised anywhere in the tools."""


class CommandError(Exception):
    """Something the user can mend; the text says what is wrong and what to do."""
