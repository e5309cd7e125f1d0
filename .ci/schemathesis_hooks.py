# What schemathesis cannot say by a schema: whole numbers of this API are written without a fraction.
#
# To JSON Schema 5.0 is an integer; openapi.yaml says in words that 5 is the way to write it, and
# fixtures hold that 5.0 is refused with its place.
import schemathesis


def _whole(value):
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, list):
        return [_whole(item) for item in value]
    if isinstance(value, dict):
        return {key: _whole(item) for key, item in value.items()}
    return value


@schemathesis.hook
def map_body(context, body):
    return _whole(body)
