import json

import jsonschema
from click.testing import CliRunner

from reviewer.commands.schema import command
from reviewer.render import json_v1


def test_the_schema_is_the_one_of_the_report() -> None:
    result = CliRunner().invoke(command, catch_exceptions=False)
    schema = json.loads(result.stdout)
    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema == json_v1.schema()
