"""AWS Organizations in miniature, in the place of AWS: accounts, their tags, and who asks."""

from rootwatch_cli.aws import Caller
from tests.support.canned import Canned, RefusedError
from tests.unit.cli.doctoring.an_organisation import HUB, MANAGEMENT, PAYMENTS, SANDBOX

NAMES = {MANAGEMENT: "org-management", HUB: "security", PAYMENTS: "prod-payments", SANDBOX: "sandbox-ana"}
ANA = f"arn:aws:sts::{MANAGEMENT}:assumed-role/SecurityEngineer/ana"


class Organizations(Canned):
    """``names`` of the accounts by id; ``tags`` by account and key; ``refuse`` some calls by their names."""

    def __init__(self, names=None, *, account=MANAGEMENT, arn=ANA, refuse=()):
        super().__init__(
            ListAccounts=lambda _: {"Accounts": [self._account(number) for number in self.names]},
            DescribeAccount=self._described,
            ListTagsForResource=lambda asked: {
                "Tags": [{"Key": key, "Value": value} for key, value in self.of(asked["ResourceId"]).items()]
            },
            TagResource=lambda asked: (
                self.of(asked["ResourceId"]).update({tag["Key"]: tag["Value"] for tag in asked["Tags"]}) or {}
            ),
            UntagResource=lambda asked: (
                [self.of(asked["ResourceId"]).pop(key, None) for key in asked["TagKeys"]] and {}
            ),
        )
        for name in refuse:
            del self.answers[name]
        self.names = names or NAMES
        self.tags = {}
        self.who = Caller(account, arn)

    def caller(self):
        return self.who

    def of(self, account):
        """The tags of an account."""
        return self.tags.setdefault(account, {})

    @property
    def changed(self):
        """The calls that changed something."""
        return [call for call in self.calls if call[0] in ("TagResource", "UntagResource")]

    def _account(self, number):
        return {"Id": number, "Name": self.names[number], "Email": f"root+{number}@example.com"}

    def _described(self, asked):
        if asked["AccountId"] not in self.names:
            raise RefusedError("AccountNotFoundException")
        return {"Account": self._account(asked["AccountId"])}
