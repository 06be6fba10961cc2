"""Users and roles of an account, made through the admin API, as boto3 clients."""

import json
import secrets

from aws_support import REGION, Kms


def statement(effect="Allow", action="kms:*", resource="*", **more):
    return {"Effect": effect, "Action": action, "Resource": resource, **more}


def policy(*statements):
    return {"Version": "2012-10-17", "Statement": list(statements)}


class Account:
    """One account: its root, and whoever it makes."""

    def __init__(self, endpoint, admin, name, region=REGION):
        self.endpoint, self.call, self.region = endpoint, admin, region
        self.root = Kms(endpoint, name, region)
        self.id = self.root.account
        self.arn = f"arn:aws:iam::{self.id}:root"

    def admin(self, path, method="GET", body=None, status=200):
        got, answer = self.call(f"tenants/aws/{self.id}/{path}", method, body)
        assert got == status, answer
        return answer

    def client(self, credentials, region=None):
        return Kms(self.endpoint, None, region or self.region, credentials["AccessKeyId"],
                   credentials["SecretAccessKey"], credentials.get("SessionToken"))

    def user(self, *statements, name=None, **more):
        """A user who may do what the statements say."""
        name = name or f"u{secrets.token_hex(6)}"
        policies = {"p": policy(*statements)} if statements else {}
        made = self.admin(f"users/{name}", "PUT", {"policies": policies, **more})
        kms = self.client(self.admin(f"users/{name}/access-keys", "POST"))
        kms.user, kms.arn_of_caller = name, made["arn"]
        return kms

    def allow(self, kms, *statements):
        """What the user may do from now on."""
        self.admin(f"users/{kms.user}/policies/p", "PUT", policy(*statements))

    def session(self, *statements, name=None, **session):
        """A session of a role that may do what the statements say."""
        name = name or f"r{secrets.token_hex(6)}"
        self.admin(f"roles/{name}", "PUT", {"policies": {"p": policy(*statements)} if statements else {}})
        body = {"session_name": "here"} | session
        kms = self.client(self.admin(f"roles/{name}/sessions", "POST", body))
        kms.role_arn = f"arn:aws:iam::{self.id}:role/{name}"
        kms.arn_of_caller = f"arn:aws:sts::{self.id}:assumed-role/{name}/{body['session_name']}"
        return kms

    def put_policy(self, key_id, *statements):
        self.root.put_key_policy(KeyId=key_id, Policy=json.dumps(policy(*statements)),
                                 BypassPolicyLockoutSafetyCheck=True)


def denied_text(principal, action, resource, why):
    start = f"User: {principal} is not authorized to perform: kms:{action} on"
    rest = {
        "key": f"because no resource-based policy allows the kms:{action} action",
        "own": f"because no identity-based policy allows the kms:{action} action",
        "session": f"because no session policy allows the kms:{action} action",
        "key denies": "with an explicit deny in a resource-based policy",
        "own denies": "with an explicit deny in an identity-based policy",
        "session denies": "with an explicit deny in a session policy",
    }.get(why)
    if why == "hidden":
        return (f"{start} this resource because the resource does not exist in this Region, no resource-based policies "
                "allow access, or a resource-based policy explicitly denies access")
    return f"{start} resource: {resource} {rest}"
