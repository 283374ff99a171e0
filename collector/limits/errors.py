"""Errors of adoptions.

::

    AdoptionRefused     nothing to adopt, or by nobody
"""


class AdoptionRefused(ValueError):
    """An adoption, or its withdrawal, that cannot be; the message has the reason and the remedy."""
