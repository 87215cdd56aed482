"""Who makes the ordinary calls: roles, federated people, IAM users, services. None of them is root.

Source: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html
"""

import random
from datetime import timedelta
from typing import Final

import msgspec

from bench.archive.fillers import ROLES, WORDS, Fillers
from bench.archive.layout import Place

_AGENTS: Final = (
    "aws-sdk-go-v2/1.39.2 ua/2.1 os/linux lang/go#1.25.1 md/GOOS#linux md/GOARCH#arm64 api/dynamodb#1.52.0 m/E,g",
    "Boto3/1.40.61 md/Botocore#1.40.61 ua/2.1 os/linux#6.1.156-177.286.amzn2023.aarch64 lang/python#3.13.9",
    "aws-cli/2.31.18 md/awscrt#0.27.6 ua/2.1 os/linux#6.8.0-1040-aws md/arch#x86_64 lang/python#3.13.7",
    "APN/1.0 HashiCorp/1.0 Terraform/1.13.4 (+https://www.terraform.io) terraform-provider-aws/6.18.0",
    "aws-sdk-java/2.36.2 md/io#sync md/http#Apache ua/2.1 os/Linux#6.1.155 lang/java#21.0.8",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0",
)
_SERVICES: Final = ("lambda", "ec2", "ecs-tasks", "config", "cloudtrail", "autoscaling", "dynamodb", "backup")
_TLS: Final = (
    '"tlsDetails":{"tlsVersion":"TLSv1.3","cipherSuite":"TLS_AES_128_GCM_SHA256","clientProvidedHostHeader":"%s"}'
)


class Caller(msgspec.Struct, frozen=True):
    """What tells who called: ``userIdentity`` as JSON, the address, the agent; whether the record has tlsDetails."""

    identity: str
    address: str
    agent: str
    direct: bool

    def tls(self, host: str) -> str:
        """The ``tlsDetails`` of a call to this host, with a comma before them; nothing for what a service called."""
        return f",{_TLS % host}" if self.direct else ""


def person_or_role(place: Place, fill: Fillers, rng: random.Random) -> Caller:
    """A caller from outside: mostly sessions of roles, as in an organisation of today."""
    made = rng.choices((_role, _signed_on, _user, _workload), (60, 20, 8, 12))[0](place, fill, rng)
    return Caller(made, fill.address(), rng.choice(_AGENTS), direct=True)


def service(place: Place, fill: Fillers, rng: random.Random) -> Caller:
    """An AWS service, by itself or through its service-linked role."""
    name = f"{rng.choice(_SERVICES)}.amazonaws.com"
    plain = f'{{"type":"AWSService","invokedBy":"{name}"}}'
    return Caller(plain if rng.random() < 0.6 else _role(place, fill, rng, invoked_by=name), name, name, direct=False)


def _role(place: Place, fill: Fillers, rng: random.Random, invoked_by: str = "") -> str:
    return _session(place, fill, rng.choice(ROLES), f"{rng.choice(WORDS)}-{fill.hex(8)}", invoked_by)


def _workload(place: Place, fill: Fillers, rng: random.Random) -> str:
    return _session(place, fill, rng.choice(ROLES), f"i-{fill.hex(17)}")


def _signed_on(place: Place, fill: Fillers, rng: random.Random) -> str:
    role = f"AWSReservedSSO_{rng.choice(('ReadOnly', 'Developer', 'Operator'))}_{fill.hex(16)}"
    return _session(place, fill, role, f"{rng.choice(WORDS)}@example.com")


def _session(place: Place, fill: Fillers, role: str, session: str, invoked_by: str = "") -> str:
    account, began = place.account, place.time - timedelta(minutes=25)
    role_id = f"AROAEXAMPLE{fill.upper(10)}"
    said = f',"invokedBy":"{invoked_by}"' if invoked_by else ""
    return (
        f'{{"type":"AssumedRole","principalId":"{role_id}:{session}","arn":"arn:aws:sts::{account}:assumed-role/{role}/'
        f'{session}","accountId":"{account}","accessKeyId":"{fill.key()}","sessionContext":{{"sessionIssuer":{{"type":'
        f'"Role","principalId":"{role_id}","arn":"arn:aws:iam::{account}:role/{role}","accountId":"{account}","userName":'
        f'"{role}"}},"attributes":{{"creationDate":"{began:%Y-%m-%dT%H:%M:%SZ}","mfaAuthenticated":"false"}}}}{said}}}'
    )


def _user(place: Place, fill: Fillers, rng: random.Random) -> str:
    name = f"svc-{rng.choice(WORDS)}"
    return (
        f'{{"type":"IAMUser","principalId":"AIDAEXAMPLE{fill.upper(10)}","arn":"arn:aws:iam::{place.account}:user/{name}"'
        f',"accountId":"{place.account}","accessKeyId":"AKIAIOSFODNN7EXAMPLE","userName":"{name}"}}'
    )
