"""Errors of alerting: what can go wrong between an event and a phone.

::

    AlertingError
     ├ SendError                 a sender could not take a message
     │  ├ GatewayAway            not now                           -> again, after a pause
     │  └ MessageRefused         this number or text, never        -> the next sender, or person
     ├ InvalidTransition         a change of status that is not in the table -> a fault of ours
     └ AnswerRefused             an answer that cannot be taken    -> its giver reads what to do
        └ UnknownCode            no alarm has its code             -> counted: somebody may guess
"""


class AlertingError(Exception):
    """Something in alerting cannot be done; the text has what and why."""


class SendError(AlertingError):
    """A sender could not take a message."""


class GatewayAway(SendError):
    """The gateway cannot take the message now; it may later."""


class MessageRefused(SendError):
    """The gateway will never take this message; another way has to be found."""


class InvalidTransition(AlertingError):
    """A status cannot change in a way its table does not know."""


class AnswerRefused(AlertingError, ValueError):
    """An answer cannot be taken; the text has what to do."""


class UnknownCode(AnswerRefused):
    """No alarm has the code of an answer."""
