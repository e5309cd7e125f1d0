# What both contracts have in common: a YAML file, its references, its schemas and their words.
import copy

import jsonschema
import yaml

# Members whose values are data, not parts of the description.
DATA = {"example", "examples", "enum", "const", "default"}


class Document:
    """A contract file; `dialect` is the validator class of its schemas."""

    def __init__(self, path, dialect):
        with open(path, encoding="utf-8") as file:
            self.tree = yaml.load(file, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
        self.dialect = dialect
        self._validators = {}

    def at(self, pointer):
        """What a local reference leads to; KeyError where it leads nowhere."""
        place = self.tree
        for step in pointer.removeprefix("#/").split("/"):
            step = step.replace("~1", "/").replace("~0", "~")
            place = place[int(step)] if isinstance(place, list) else place[step]
        return place

    def resolved(self, value):
        """The value itself, or what it refers to."""
        while isinstance(value, dict) and "$ref" in value:
            value = self.at(value["$ref"])
        return value

    def fault(self, schema, value, takes_more=False):
        """What is wrong with a value, or None.

        Members that nobody has described are wrong in what the product says; `takes_more` is for
        what it must be able to read, where a later version may have more to say.
        """
        # By identity: every schema is a part of the tree, which lives as long as this.
        validator = self._validators.get((id(schema), takes_more))
        if validator is None:
            whole = copy.deepcopy({"components": self.tree["components"], "allOf": [schema]})
            validator = self.dialect(whole if takes_more else sealed(whole))
            self._validators[(id(schema), takes_more)] = validator
        errors = list(validator.iter_errors(value))
        if not errors:
            return None
        error = jsonschema.exceptions.best_match(errors)
        place = "".join(f"/{step}" for step in error.absolute_path)
        return f"{place or '/'}: {error.message[:300]}"

    def walk(self):
        """Every object of the description with the place where it stands."""
        yield from self._walk(self.tree, "#")

    def _walk(self, value, place):
        if isinstance(value, dict):
            yield place, value
            for key, inner in value.items():
                # A property may be called `default`: there it is no keyword.
                if key not in DATA or place.endswith("/properties"):
                    yield from self._walk(inner, f"{place}/{str(key).replace('/', '~1')}")
        elif isinstance(value, list):
            for index, inner in enumerate(value):
                yield from self._walk(inner, f"{place}/{index}")

    def reference_faults(self):
        for place, value in self.walk():
            if "$ref" not in value or not isinstance(value["$ref"], str):
                continue
            try:
                self.at(value["$ref"])
            except (KeyError, IndexError, ValueError, TypeError):
                yield f"{place}: {value['$ref']} leads nowhere"

    def schema_faults(self, schemas):
        """Schemas, given with their places, that are none."""
        for place, schema in schemas:
            try:
                self.dialect.check_schema(schema)
            except jsonschema.exceptions.SchemaError as error:
                yield f"{place}: no JSON Schema: {error.message[:200]}"

    def own_example_faults(self, schemas):
        """Examples of schemas, given with their places, that contradict them."""
        for place, schema in schemas:
            for example in schema.get("examples", []):
                fault = self.fault(schema, example)
                if fault:
                    yield f"{place}: its example: {fault}"

    def unused(self, group):
        """Components of a group that nothing refers to."""
        used = {value["$ref"] for _, value in self.walk() if isinstance(value.get("$ref"), str)}
        for name in self.tree["components"].get(group, {}):
            if f"#/components/{group}/{name}" not in used:
                yield f"#/components/{group}/{name}: nothing refers to it"

    def words(self):
        """Every closed list of words, by the place of its schema."""
        return {place: value["enum"] for place, value in self.walk() if "enum" in value}


def sealed(schema):
    """A schema whose objects have no members but those that are described."""
    if isinstance(schema, dict):
        if "properties" in schema and schema.get("type") == "object":
            schema.setdefault("additionalProperties", False)
        for key, inner in schema.items():
            if key not in DATA:
                sealed(inner)
    elif isinstance(schema, list):
        for inner in schema:
            sealed(inner)
    return schema
