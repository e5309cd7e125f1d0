# Reads JSON as the contracts ask for it: I-JSON (RFC 7493), and numbers that are integers.
import json


def parse(text):
    """The value of a whole text of bytes; ValueError says what is wrong with it."""
    try:
        decoded = text.decode("utf-8")
        if decoded.startswith("\ufeff"):
            raise ValueError("a byte order mark")
        value = json.loads(
            decoded,
            object_pairs_hook=_object,
            parse_constant=_refuse,
            parse_float=_refuse,
            parse_int=_integer,
        )
        # A lone surrogate has no UTF-8.
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    except RecursionError:
        raise ValueError("nested too deep") from None
    return value


def _object(pairs):
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a member stands twice")
    return members


def _refuse(text):
    raise ValueError(f"not an integer: {text}")


def _integer(text):
    if text == "-0":
        _refuse(text)
    return int(text[:20])
