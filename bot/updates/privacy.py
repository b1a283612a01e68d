"""What in an update looks like data of a patient: it is hidden, and whoever wrote it is told."""

import re

HIDDEN = "•••"
_CPF = re.compile(r"(?<!\d)\d{3}[.\s]?\d{3}[.\s]?\d{3}[-\s]?\d{2}(?!\d)")
_CNS = re.compile(r"(?<!\d)[1-9]\d{2}\s?\d{4}\s?\d{4}\s?\d{4}(?!\d)")
_EMAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}")
_BORN = re.compile(r"(?i)\b(?:born|nascid[oa]|data de nascimento|dob)\b\D{0,12}\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}")


def without_patients(text: str) -> str:
    """The text without numbers of people (CPF, health card), their e-mail addresses and their dates of birth."""
    text = _CPF.sub(lambda found: HIDDEN if _is_cpf(found[0]) else found[0], text)
    for shape in (_CNS, _EMAIL, _BORN):
        text = shape.sub(HIDDEN, text)
    return text


def _is_cpf(text: str) -> bool:
    """Whether the two check digits are right: other numbers of eleven digits stay."""
    digits = [int(each) for each in text if each.isdigit()]
    return all(_check_digit(digits[:count]) == digits[count] for count in (9, 10)) and len(set(digits)) > 1


def _check_digit(digits: list[int]) -> int:
    total = sum(digit * weight for digit, weight in zip(digits, range(len(digits) + 1, 1, -1), strict=True))
    return total * 10 % 11 % 10
