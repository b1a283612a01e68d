"""The words in which people say how long something lasts, in English and Portuguese."""

UNITS = {
    "w": 604800, "week": 604800, "weeks": 604800, "wk": 604800, "wks": 604800, "semana": 604800, "semanas": 604800,
    "d": 86400, "day": 86400, "days": 86400, "dia": 86400, "dias": 86400,
    "h": 3600, "hr": 3600, "hrs": 3600, "hour": 3600, "hours": 3600, "hora": 3600, "horas": 3600,
    "m": 60, "min": 60, "mins": 60, "minute": 60, "minutes": 60, "minuto": 60, "minutos": 60,
    "s": 1, "sec": 1, "secs": 1, "second": 1, "seconds": 1, "segundo": 1, "segundos": 1,
}  # fmt: skip
"""Seconds of a unit, by what people call it."""
_NUMBERS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
COUNTS = {
    **{name: float(count) for count, name in enumerate(_NUMBERS, 1)},
    "a": 1.0, "an": 1.0, "um": 1.0, "uma": 1.0, "dois": 2.0, "duas": 2.0, "três": 3.0, "tres": 3.0, "meia": 0.5,
}  # fmt: skip
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
DIAS = ("segunda", "terca", "quarta", "quinta", "sexta", "sabado", "domingo")
TIMELY = {
    "tomorrow", "tonight", "today", "noon", "midnight", "half", "next", "weekend", "eod", "eow", "fortnight",
    "overnight", "amanha", "hoje", *DAYS, *(day[:3] for day in DAYS), *DIAS,
}  # fmt: skip
"""Words that begin a time more often than a reason."""
SPANS = {
    "weekend", "night", "nights", "morning", "afternoon", "evening", "month", "months", "year", "years", "fortnight",
    "mês", "mes", *(unit for unit, seconds in UNITS.items() if seconds > 1 and len(unit) > 2),
}  # fmt: skip
"""Words that are a time behind one of those that lead to it."""
LEADING = {
    "for", "over", "through", "thru", "by", "before", "to", "all", "this", "the", "about", "around", "in", "within",
    "at", "after", "another", "a", "an", "couple", "few", "several", "some", "of", "quarter", "lasting", "duration",
    "time", "lock", "freeze", "hold", "end",
    "ends", "ending", "expires", "expire", "expiring", "eta", "ttl", "lasts", "valid", "por", "durante", "às", "as",
}  # fmt: skip
UNTIL = ("until", "till", "til", "até", "ate")
FOR = ("for", "por", "durante")
_ZONES = {"utc", "gmt", "z", "brt", "brst", "est", "edt", "cst", "cdt", "pst", "pdt", "cet", "cest", "wet", "bst"}
VAGUE = {"morning", "afternoon", "evening", "night", "noon", "midnight", "tonight", "at", "and", *_ZONES}
"""Words after a time that would belong to it: a clock is the team's, and no other zone's."""
