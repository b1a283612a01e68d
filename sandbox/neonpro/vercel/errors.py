"""What the practice Vercel refuses."""

DESCRIPTION_LIMIT = 250


class VercelError(Exception):
    """What Vercel answers instead: an HTTP status, a code and a message."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status, self.code, self.message = status, code, message


def check_description(text: str) -> None:
    """Raise a VercelError for a description that Vercel would not take."""
    if len(text) > DESCRIPTION_LIMIT:
        raise VercelError(400, "bad_request", f"`description` should NOT be longer than {DESCRIPTION_LIMIT} characters")
