"""Phone numbers compared by country code and national number, however a gateway writes them."""

import re
from collections.abc import Sequence

from plumbline.collector.alerting.settings import Person


def person_with(phone: str, people: Sequence[Person], country_code: str) -> Person | None:
    """Return who has a number: ``+66812345678``, ``0066…``, ``66…``, ``081…``, ``81…`` alike."""
    return next(
        (
            person
            for spelled in spellings(phone, country_code)
            for person in people
            if person.phone == spelled
        ),
        None,
    )


def spellings(phone: str, country_code: str) -> tuple[str, ...]:
    """Return the numbers in E.164 that a spelling may stand for, the likeliest first."""
    marked = phone.strip().startswith("+")
    digits = re.sub(r"\D", "", phone.replace("(0)", ""))
    if not digits:  # a name, as an operator sends
        return (phone.strip(),)
    if not marked and digits.startswith("00"):
        marked, digits = True, digits[2:]
    if marked:
        return (f"+{_without_trunk_zero(digits, country_code)}",)
    if digits.startswith("0"):
        return (f"+{country_code}{digits[1:]}",)
    return (f"+{_without_trunk_zero(digits, country_code)}", f"+{country_code}{digits}")


def _without_trunk_zero(digits: str, country_code: str) -> str:
    """Return a number without the 0 that is dialled only inside of the country."""
    trunk = f"{country_code}0"
    return country_code + digits[len(trunk) :] if digits.startswith(trunk) else digits
