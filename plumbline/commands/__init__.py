"""What the user can type: one module a command, loaded when it is asked for."""


class CommandError(Exception):
    """Something the user can mend; the text says what is wrong and what to do."""
