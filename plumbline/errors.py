"""What the user of a command can mend: one error, raised anywhere in the tools."""


class CommandError(Exception):
    """Error that the user of a command can mend; the text names cause and remedy."""
