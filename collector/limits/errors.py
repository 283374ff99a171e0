"""What can go wrong with adoptions.

::

    AdoptionRefused     nothing to adopt, or not by nobody; says what to do
"""


class AdoptionRefused(ValueError):
    """An adoption, or its withdrawal, that cannot be; the message says why and what to do."""
