# SPDX-License-Identifier: Apache-2.0
"""validate_schema.py SCHEMA DOCUMENT...: prints what is wrong; 0 all valid, 1 not, 77 without the jsonschema module."""
import json
import sys

try:
    import jsonschema
except ImportError:
    sys.exit(77)

with open(sys.argv[1], encoding="utf-8") as file:
    schema = json.load(file)
kind = jsonschema.validators.validator_for(schema)
if kind is not jsonschema.Draft202012Validator:
    sys.exit("the schema does not say that it is of JSON Schema 2020-12")
kind.check_schema(schema)
failed = False
for path in sys.argv[2:]:
    with open(path, encoding="utf-8") as file:
        document = json.load(file)
    for error in kind(schema).iter_errors(document):
        failed = True
        print(f"{path}: {error.json_path}: {error.message}")
sys.exit(1 if failed else 0)
