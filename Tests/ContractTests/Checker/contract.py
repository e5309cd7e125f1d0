# Holds what was said over the wire against asyncapi.yaml and openapi.yaml, for the Swift tests.
#
#   contract.py faults FILE       what is wrong with the file itself, a line each
#   contract.py words FILE        every closed list of words in it, as JSON
#   contract.py operations FILE   openapi.yaml: operations and their statuses, as JSON
#   contract.py channels FILE     asyncapi.yaml: the names of its channels, a line each
#   contract.py messages FILE     asyncapi.yaml: {topic, payload} a line in, {channel, fault} out
#   contract.py calls FILE        openapi.yaml: an exchange a line in, a verdict a line out
#   contract.py frames FILE       openapi.yaml: an event stream in, {kind, fault} a line out
#
# Bytes travel as base64. It needs python3-jsonschema and python3-yaml of Debian 12 or later.
import base64
import json
import sys

from calls import Calls
from messages import Messages


def main(question, path):
    contract = Messages(path) if path.endswith("asyncapi.yaml") else Calls(path)
    if question == "faults":
        for fault in contract.faults():
            print(fault)
    elif question == "words":
        print(json.dumps(contract.words()))
    elif question == "channels":
        for name in contract.tree["channels"]:
            print(name)
    elif question == "operations":
        for method, place, operation, parameters in contract.operations():
            known = {"method": method, "path": place, "operation": operation["operationId"]}
            known["statuses"] = sorted(int(status) for status in operation["responses"])
            known["query"] = sorted(one["name"] for one in parameters if one["in"] == "query")
            known["takesBody"] = "requestBody" in operation
            print(json.dumps(known))
    elif question == "frames":
        for kind, fault in contract.frame_verdicts(sys.stdin.buffer.read()):
            print(json.dumps({"kind": kind, "fault": fault}))
    else:
        for line in sys.stdin:
            print(json.dumps(answer(contract, question, json.loads(line))))


def answer(contract, question, asked):
    if question == "messages":
        channel, fault = contract.verdict(
            asked["topic"],
            base64.b64decode(asked["payload"]),
            asked.get("qos"),
            asked.get("retained"),
            asked["takesMore"],
        )
        return {"channel": channel, "fault": fault}
    for member in ["body", "answerBody"]:
        asked[member] = base64.b64decode(asked[member])
    return contract.verdict(asked)


main(sys.argv[1], sys.argv[2])
