# The contract of the calls, openapi.yaml: is it a good one, and does an exchange keep it?
import re
import urllib.parse

import jsonschema

import strict_json
from document import Document

METHODS = ["get", "put", "post", "delete", "options", "head", "patch", "trace"]


class Calls(Document):
    def __init__(self, path):
        super().__init__(path, jsonschema.Draft202012Validator)

    def operations(self):
        """Each operation: method, path, its own object, its parameters."""
        for path, item in self.tree["paths"].items():
            for method in METHODS:
                if method in item:
                    shared = item.get("parameters", []) + item[method].get("parameters", [])
                    yield method.upper(), path, item[method], list(map(self.resolved, shared))

    # What one exchange says.

    def verdict(self, call):
        """Which operation a call is of, and what is wrong with its two halves."""
        path, _, query = call["target"].partition("?")
        method = "GET" if call["method"] == "HEAD" else call["method"]
        found = None
        for candidate in self.operations():
            places = re.match(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]*)", candidate[1]) + r"\Z", path)
            if places:
                found = found or "address"
                if candidate[0] == method:
                    found = candidate, {k: urllib.parse.unquote(v) for k, v in places.groupdict().items()}
        if not isinstance(found, tuple):
            name = "MethodNotAllowed" if found else "NotFound"
            status = "405" if found else "404"
            response = self.tree["components"]["responses"][name]
            return {
                "operation": None,
                "request": "no operation",
                "response": self._answer_fault({status: response}, call),
            }
        (_, _, operation, parameters), segments = found
        return {
            "operation": operation["operationId"],
            "request": self._request_fault(operation, parameters, segments, query, call),
            "response": self._answer_fault(operation["responses"], call),
        }

    def _request_fault(self, operation, parameters, segments, query, call):
        pairs = urllib.parse.parse_qsl(query, keep_blank_values=True)
        given = {("path", name): value for name, value in segments.items()}
        known = {(one["in"], one["name"]) for one in parameters}
        for name, value in pairs:
            if ("query", name) not in known:
                return f"no query parameter {name}"
            if ("query", name) in given:
                return f"the query parameter {name} stands twice"
            given["query", name] = value
        headers = {name.lower(): value for name, value in call["headers"].items()}
        for parameter in parameters:
            if parameter["in"] == "header" and parameter["name"].lower() in headers:
                given["header", parameter["name"]] = headers[parameter["name"].lower()]
        for parameter in parameters:
            key = (parameter["in"], parameter["name"])
            if key not in given:
                if parameter.get("required"):
                    return f"no {parameter['name']}"
                continue
            fault = self.fault(parameter["schema"], self._typed(parameter["schema"], given[key]))
            if fault:
                return f"{parameter['name']}: {fault}"
        return self._body_fault(operation.get("requestBody"), call["body"])

    def _body_fault(self, described, body):
        if described is None:
            return "a body where none is described" if body else None
        if not body:
            return "no body" if described.get("required") else None
        return self._json_fault(described["content"]["application/json"]["schema"], body)

    def _answer_fault(self, responses, call):
        status = str(call["status"])
        if status not in responses:
            return f"status {status} is not described"
        response = self.resolved(responses[status])
        headers = {name.lower(): value for name, value in call["answerHeaders"].items()}
        for name, header in response.get("headers", {}).items():
            if name.lower() not in headers:
                return f"no header {name}"
            fault = self.fault(
                header["schema"], self._typed(header["schema"], headers[name.lower()])
            )
            if fault:
                return f"header {name}: {fault}"
        if headers.get("cache-control") != "no-store":
            return "no Cache-Control: no-store"
        kind = headers.get("content-type")
        if kind not in response["content"]:
            return f"content type {kind} is not described"
        if call["method"] == "HEAD":
            return "a body for HEAD" if call["answerBody"] else None
        if not kind.endswith("json"):
            return None if call["answerBody"] else "no body"
        return self._json_fault(response["content"][kind]["schema"], call["answerBody"])

    def _json_fault(self, schema, body):
        try:
            return self.fault(schema, strict_json.parse(body))
        except ValueError as error:
            return f"no JSON of this contract: {error}"

    def _typed(self, schema, text):
        """What a text of a path, a query or a header stands for."""
        is_integer = self.resolved(schema).get("type") == "integer"
        return int(text) if is_integer and re.fullmatch(r"0|-?[1-9]\d{0,18}", text) else text

    # The frames of the event stream.

    def frame_verdicts(self, text):
        """Each whole frame of a stream as its kind, and what is wrong with it or None."""
        for block in text.decode("utf-8").split("\n\n")[:-1]:
            frame = {}
            fault = None
            for line in block.split("\n"):
                name, _, value = line.partition(":")
                if name == "":
                    continue
                value = value.removeprefix(" ")
                try:
                    frame[name] = value if name == "event" else strict_json.parse(value.encode())
                except ValueError as error:
                    fault = f"{name}: {error}"
            if not frame:
                yield "comment", None
                continue
            kind = frame.get("event", "opening")
            yield kind, fault or self.fault(self.at("#/components/schemas/StreamFrame"), frame)

    # Whether the file is a good contract.

    def faults(self):
        if not self.tree.get("openapi", "").startswith("3.1."):
            yield "#/openapi: not 3.1"
        schemas = [
            (f"#/components/schemas/{name}", schema)
            for name, schema in self.tree["components"]["schemas"].items()
        ]
        wrong = list(self.reference_faults()) or list(self.schema_faults(schemas))
        yield from wrong
        if wrong:
            # Nothing further can be judged.
            return
        yield from self.own_example_faults(schemas)
        yield from self._example_faults()
        names = [operation["operationId"] for _, _, operation, _ in self.operations()]
        if len(set(names)) != len(names):
            yield "an operationId stands twice"
        for method, path, operation, parameters in self.operations():
            place = f"{method} {path}"
            in_path = {one["name"] for one in parameters if one["in"] == "path"}
            if in_path != set(re.findall(r"\{(\w+)\}", path)):
                yield f"{place}: its parameters are not those of its path"
            if operation.get("security") != [] and "401" not in operation["responses"]:
                yield f"{place}: it asks for a token and never answers 401"
            for status, response in operation["responses"].items():
                kinds = list(self.resolved(response)["content"])
                if int(status) >= 400 and path != "/health" and kinds != ["application/problem+json"]:
                    yield f"{place}: {status} is no problem detail"
        for group in ["schemas", "parameters"]:
            yield from self.unused(group)

    def _example_faults(self):
        """Examples beside a schema that contradict it, and bodies without any example."""
        for place, value in self.walk():
            if not isinstance(value.get("schema"), dict):
                continue
            schema = value["schema"]
            examples = [one["value"] for one in value.get("examples", {}).values()]
            examples += [value["example"]] if "example" in value else []
            for example in examples:
                fault = self.fault(schema, example)
                if fault:
                    yield f"{place}: its example: {fault}"
            is_described = examples or "examples" in self.resolved(schema)
            if place.endswith("json") and not is_described:
                yield f"{place}: it has no example"
