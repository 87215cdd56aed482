"""`rootwatch scan --format ocsf`: Detection Findings that a validator of the schema takes, for every record."""

import json

import pytest
from click.testing import CliRunner
from py_ocsf_models import OCSF_VERSION
from py_ocsf_models.events.findings.detection_finding import DetectionFinding

from rootwatch.catalogue import rows
from rootwatch.catalogue.watch.row import read_toml_files
from rootwatch_cli.main import main
from rootwatch_cli.scanning import ocsf
from tests.support.fixtures import cases
from tests.support.records import after, assume_root, body, sign_in_body, task_call


@pytest.fixture
def findings(tmp_path):
    def scanned(*bodies: object, raw: bool = False) -> list[dict]:
        file = tmp_path / "records.jsonl"
        file.write_text("\n".join(json.dumps(one) for one in bodies))
        arguments = ["scan", "--jobs", "1", "--format", "ocsf", *(["--raw"] if raw else []), str(file)]
        return [json.loads(line) for line in CliRunner().invoke(main, arguments).stdout.splitlines()]

    return scanned


def test_every_fixture_makes_a_finding_that_the_schema_takes(findings):
    found = findings(*(one for case in cases() for one in (*case.also, case.record)), raw=True)
    assert len(found) > 150
    assert ocsf.SCHEMA == OCSF_VERSION
    for one in found:
        finding = DetectionFinding.model_validate(one)
        assert finding.type_uid == finding.class_uid * 100 + finding.activity_id
        assert finding.metadata.profiles == ["cloud"]
        assert finding.cloud is not None


def test_a_sign_in_is_told_with_who_where_and_how_bad(findings):
    (finding,) = findings(sign_in_body(mfa="No"))
    assert (finding["severity_id"], finding["severity"]) == (5, "Critical")
    assert finding["message"] == "root signed in to the console without MFA"
    assert finding["time"] == 1795521600000
    assert finding["cloud"]["account"] == {
        "uid": "777788889999",
        "name": "777788889999",
        "type_id": 10,
        "type": "AWS Account",
    }
    (evidence,) = finding["evidences"]
    assert evidence["src_endpoint"] == {"ip": "203.0.113.5"}
    assert evidence["actor"]["user"]["uid"] == "arn:aws:iam::777788889999:root"
    assert evidence["api"]["operation"] == "ConsoleLogin"
    assert finding["unmapped"]["verdict"] == "unplanned"
    assert "raw_data" not in finding


def test_a_technique_is_told_under_its_parent(findings):
    (finding,) = findings(body("CreateAccessKey", requestParameters=None))
    (attack,) = finding["finding_info"]["attacks"]
    assert attack["technique"]["uid"] == "T1098"
    assert attack["sub_technique"]["name"] == "Additional Cloud Credentials"


def test_a_granted_assume_root_is_informational_and_what_it_allowed_names_it(findings):
    granted, call = findings(assume_root().body, task_call("ListAccessKeys", after(1)).body)
    assert (granted["severity"], granted["finding_info"]["types"]) == ("Informational", ["assume-root"])
    assert call["unmapped"]["verdict"] == "privileged-task"


def test_raw_data_is_the_record_and_a_service_in_place_of_an_address_is_no_ip(findings):
    value = body("CreateUser", sourceIPAddress="cloudformation.amazonaws.com")
    (finding,) = findings(value, raw=True)
    assert json.loads(finding["raw_data"]) == value
    assert finding["evidences"][0]["src_endpoint"] == {"svc_name": "cloudformation.amazonaws.com"}


def test_every_technique_of_the_catalogue_has_mitres_name():
    named = {act.technique for service in rows.read_toml_files() for act in service.action}
    named |= {row.technique for row in read_toml_files()} | {"T1110.001", "T1078.004", "T1562.001"}
    assert len(named) > 40
    known = ocsf.techniques()
    assert {one for one in named if one} <= set(known)
    assert {one.partition(".")[0] for one in named if one} <= set(known)
