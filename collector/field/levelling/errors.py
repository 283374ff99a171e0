"""What can be wrong with a survey table."""


class SurveyError(Exception):
    """A table that cannot be taken in; the text lists every line that is wrong."""
