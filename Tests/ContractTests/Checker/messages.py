# The contract of the messages, asyncapi.yaml: is it a good one, and does a message keep it?
import functools
import re

import jsonschema

import strict_json
from document import Document

# The fixed fields of AsyncAPI 3.0.0, for the objects that this contract may use.
FIELDS = {
    "root": "asyncapi id info servers defaultContentType channels operations components",
    "info": "title version description termsOfService contact license tags externalDocs",
    "server": "host pathname protocol protocolVersion title summary description variables"
    " security tags externalDocs bindings",
    "channel": "address messages title summary description servers parameters tags externalDocs"
    " bindings",
    "operation": "action channel title summary description security tags externalDocs bindings"
    " traits messages reply",
    "message": "headers payload correlationId contentType name title summary description tags"
    " externalDocs bindings examples traits",
    "parameter": "enum default description examples location",
    "components": "schemas servers channels operations serverVariables messages securitySchemes"
    " parameters correlationIds replies replyAddresses externalDocs tags operationTraits"
    " messageTraits serverBindings channelBindings operationBindings messageBindings",
    "securityScheme": "type description name in scheme bearerFormat flows openIdConnectUrl scopes",
    # MQTT operation binding 0.2.0.
    "mqtt": "qos retain messageExpiryInterval bindingVersion",
}
REQUIRED = {
    "root": "asyncapi info",
    "info": "title version",
    "server": "host protocol",
    "channel": "address messages",
    "operation": "action channel",
    "message": "payload",
    "parameter": "description",
    "components": "schemas",
    "securityScheme": "type",
    "mqtt": "qos bindingVersion",
}
# The vocabulary of draft 7; a keyword beyond it would be passed over without a word.
KEYWORDS = set(
    "$ref type enum const description title examples default minimum maximum exclusiveMinimum"
    " exclusiveMaximum multipleOf minLength maxLength pattern format items minItems maxItems"
    " uniqueItems properties required additionalProperties propertyNames maxProperties allOf anyOf oneOf"
    " not if then else x-text-of".split()
)


class Messages(Document):
    def __init__(self, path):
        super().__init__(path, jsonschema.Draft7Validator)

    @functools.cached_property
    def channels(self):
        """Each channel by name: what its topics look like, and the schema of its message."""
        return [
            (name, self._pattern(channel), self._payload(channel))
            for name, channel in self.tree["channels"].items()
        ]

    def _pattern(self, channel):
        """What the addresses of a channel look like."""
        pattern = ""
        for part in re.split(r"(\{\w+\})", channel["address"]):
            if part.startswith("{"):
                parameter = self.resolved(channel["parameters"][part[1:-1]])
                words = parameter.get("enum")
                pattern += f"({'|'.join(words)})" if words else "(?!service/)[a-z0-9-]{1,48}"
            else:
                pattern += re.escape(part)
        return re.compile(pattern + r"\Z")

    def _payload(self, channel):
        (message,) = channel["messages"].values()
        return self.resolved(message)["payload"]

    def verdict(self, topic, payload, qos=None, retained=None, takes_more=False):
        """The channel of a message, and what is wrong with it or None."""
        for name, pattern, schema in self.channels:
            if not pattern.match(topic):
                continue
            fault = self._delivery_fault(name, qos, retained)
            try:
                value = strict_json.parse(payload)
                fault = fault or self.fault(schema, value, takes_more)
                return name, fault or self._text_fault(schema, value, takes_more)
            except ValueError as error:
                return name, f"no JSON of this contract: {error}"
        return None, "no channel has this address"

    def _text_fault(self, schema, value, takes_more):
        """What is wrong with a text inside a message that is a JSON text by itself, or None."""
        for member, inner in self.resolved(schema).get("properties", {}).items():
            if not isinstance(inner, dict) or "x-text-of" not in inner:
                continue
            try:
                text = strict_json.parse(value[member].encode())
                fault = self.fault(inner["x-text-of"], text, takes_more)
            except ValueError as error:
                fault = f"no JSON of this contract: {error}"
            if fault:
                return f"/{member}: {fault}"
        return None

    def _delivery_fault(self, channel, qos, retained):
        """Whether a message was sent as its operation's binding says."""
        for operation in self.tree["operations"].values():
            binding = operation["bindings"]["mqtt"]
            if operation["channel"]["$ref"] != f"#/channels/{channel}":
                continue
            for name, given in [("qos", qos), ("retain", retained)]:
                if given is not None and binding.get(name, given) != given:
                    return f"{name} is {given}"
        return None

    def faults(self):
        """Everything for which the file is no good contract."""
        tree = self.tree
        if tree.get("asyncapi") != "3.0.0":
            yield "#/asyncapi: not 3.0.0"
        lost = list(self.reference_faults())
        yield from lost
        if lost:
            # Nothing further can be judged.
            return
        yield from self._shapes()
        yield from self._operations()
        schemas = list(self._schemas())
        wrong = list(self.schema_faults(schemas))
        yield from wrong or self.own_example_faults(schemas)
        for place, schema in schemas:
            for keyword in set(schema) - KEYWORDS:
                yield f"{place}: draft 7 has no keyword {keyword}"
            if "$ref" in schema and len(schema) > 1:
                yield f"{place}: draft 7 passes over what stands beside $ref"
        for group in ["schemas", "messages", "parameters", "securitySchemes"]:
            yield from self.unused(group)

    def _shapes(self):
        tree = self.tree
        things = [("root", "#", tree), ("info", "#/info", tree["info"])]
        for name, server in tree["servers"].items():
            things.append(("server", f"#/servers/{name}", server))
        for name, channel in tree["channels"].items():
            things.append(("channel", f"#/channels/{name}", channel))
            for parameter, value in channel.get("parameters", {}).items():
                place = f"#/channels/{name}/parameters/{parameter}"
                things.append(("parameter", place, self.resolved(value)))
            named = set(re.findall(r"\{(\w+)\}", channel.get("address", "")))
            if named != set(channel.get("parameters", {})):
                yield f"#/channels/{name}: its parameters are not those of its address"
            if not channel["messages"]:
                yield f"#/channels/{name}: it has no message"
        for name, operation in tree["operations"].items():
            things.append(("operation", f"#/operations/{name}", operation))
            things.append(("mqtt", f"#/operations/{name}", operation["bindings"]["mqtt"]))
        components = tree["components"]
        things.append(("components", "#/components", components))
        for name, message in components["messages"].items():
            things.append(("message", f"#/components/messages/{name}", message))
        for name, scheme in components["securitySchemes"].items():
            things.append(("securityScheme", f"#/components/securitySchemes/{name}", scheme))
        for kind, place, value in things:
            for field in set(value) - set(FIELDS[kind].split()):
                yield f"{place}: AsyncAPI's {kind} has no field {field}"
            for field in set(REQUIRED[kind].split()) - set(value):
                yield f"{place}: the {kind} lacks {field}"

    def _operations(self):
        used = set()
        for name, operation in self.tree["operations"].items():
            if operation["action"] not in ["send", "receive"]:
                yield f"#/operations/{name}: no action {operation['action']}"
            reference = operation["channel"].get("$ref", "")
            if not reference.startswith("#/channels/"):
                yield f"#/operations/{name}: its channel is no reference to one"
            used.add(reference.removeprefix("#/channels/"))
        for name in set(self.tree["channels"]) - used:
            yield f"#/channels/{name}: no operation uses it"

    def _schemas(self):
        """Every schema, also inside others, with its place."""
        pending = [
            (f"#/components/schemas/{name}", schema)
            for name, schema in self.tree["components"]["schemas"].items()
        ]
        while pending:
            place, schema = pending.pop()
            if isinstance(schema, bool):
                continue
            yield place, schema
            for name, inner in schema.get("properties", {}).items():
                pending.append((f"{place}/properties/{name}", inner))
            for keyword in ["items", "not", "if", "then", "else"]:
                if keyword in schema:
                    pending.append((f"{place}/{keyword}", schema[keyword]))
            for keyword in ["allOf", "anyOf", "oneOf"]:
                for index, inner in enumerate(schema.get(keyword, [])):
                    pending.append((f"{place}/{keyword}/{index}", inner))
