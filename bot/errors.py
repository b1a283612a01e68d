"""What a person can mend, said in one sentence.

    Refusal                  the bot will not, or cannot, do what was asked
    └─ OutsideError          a system outside did not do its part
       ├─ Unreachable        no answer, and nothing was done there
       ├─ Denied             401, 403: our credentials
       ├─ Missing            404: it does not know what we asked about
       ├─ Limited            429: too many requests
       ├─ Rejected           any other refusal of the request itself, with the vendor's code and message
       ├─ Broken             5xx, or an answer that cannot be read
       ├─ Oversized          an answer that is larger than what is read of one
       └─ Ambiguous          a change was asked for and may or may not have happened: look before asking again

Sentences name the vendor and what to do. They never hold a token, a password or a traceback.
"""

from typing import Any, ClassVar

from bot.text import say


class Refusal(Exception):
    """`sentence` is shown to the person as it is; `hint` says what to do about it."""

    def __init__(self, sentence: str, *, hint: str | None = None) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.hint = hint
        self.about: int | None = None
        """The run that was asked about, as far as it is known."""


class OutsideError(Refusal):
    """A system outside did not do its part. Whole sentences with named places, so that they can be translated."""

    template: ClassVar[str] = "{vendor} did not do it: {reason}."

    def __init__(self, vendor: str, *, hint: str | None = None, **places: Any) -> None:
        self.vendor = vendor
        super().__init__(say(self.template, vendor=vendor, **places), hint=hint)


class Unreachable(OutsideError):
    """No answer, and nothing was done: it is safe to ask again."""

    template = "{vendor} did not answer: {reason}."

    def __init__(self, vendor: str, reason: str, *, hint: str | None = None) -> None:
        self.reason = reason
        super().__init__(vendor, reason=reason, hint=hint)


class Denied(OutsideError):
    """401 or 403: the credentials are wrong, expired, or may not do this."""

    template = "{vendor} refused our credentials ({status}): {reason}."

    def __init__(self, vendor: str, *, status: int | str, reason: str, hint: str | None = None) -> None:
        self.status, self.reason = status, reason
        super().__init__(vendor, status=status, reason=reason, hint=hint)


class Missing(OutsideError):
    """404: what was asked about is not there, or these credentials cannot see it."""

    template = "{vendor} does not know {what}."

    def __init__(self, vendor: str, what: str, *, hint: str | None = None) -> None:
        self.what = what
        super().__init__(vendor, what=what, hint=hint)


class Limited(OutsideError):
    """429: nothing was done. `retry_after` is seconds, None when the vendor did not say."""

    template = "{vendor} is limiting our requests. Try again {when}."

    def __init__(self, vendor: str, *, retry_after: float | None, hint: str | None = None) -> None:
        self.retry_after = retry_after
        when = "in a minute" if retry_after is None else f"in {retry_after:.0f} s"
        super().__init__(vendor, when=when, hint=hint)


class Rejected(OutsideError):
    """The request itself was refused. `code` is the vendor's own, for example `not_modified` or an SQLSTATE."""

    template = "{vendor} rejected the request: {message} ({code})."

    def __init__(
        self, vendor: str, *, message: str, code: str, status: int | None = None, hint: str | None = None
    ) -> None:
        self.status, self.code, self.message = status, code, message
        super().__init__(vendor, message=message.rstrip("."), code=code, hint=hint)


class Broken(OutsideError):
    """5xx, or an answer that cannot be read. `retry_after` is seconds when the vendor said so (503)."""

    template = "{vendor} failed: {reason}."

    def __init__(self, vendor: str, reason: str, *, retry_after: float | None = None, hint: str | None = None) -> None:
        self.reason, self.retry_after = reason, retry_after
        super().__init__(vendor, reason=reason, hint=hint)


class Oversized(OutsideError):
    """The answer is so large that it was not read to its end."""

    template = "{vendor} answered with more than {size}, which is too large to read."

    def __init__(self, vendor: str, size: str, *, hint: str | None = None) -> None:
        super().__init__(vendor, size=size, hint=hint)


class Ambiguous(OutsideError):
    """A change was asked for and may or may not have happened. Never ask again before reading the outside state."""

    template = "{vendor} may or may not have done this ({action}): {reason}. Check before trying again."

    def __init__(self, vendor: str, *, action: str, reason: str, hint: str | None = None) -> None:
        self.action, self.reason = action, reason
        super().__init__(vendor, action=action, reason=reason, hint=hint)
