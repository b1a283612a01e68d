"""Whether a request is Twilio's: https://www.twilio.com/docs/usage/security#validating-requests."""

import base64
import hashlib
import hmac
from collections.abc import Mapping

SIGNATURE = "x-twilio-signature"


def signature(token: str, url: str, form: Mapping[str, str]) -> str:
    """Base64 of HMAC-SHA1 of the public address and the sorted fields, by the account's auth token."""
    signed = url + "".join(name + form[name] for name in sorted(form))
    return base64.b64encode(hmac.new(token.encode(), signed.encode(), hashlib.sha1).digest()).decode()


def is_signed(token: str, url: str, form: Mapping[str, str], given: str) -> bool:
    """Whether the header holds that signature."""
    return hmac.compare_digest(signature(token, url, form).encode(), given.encode("utf-8", "replace"))
