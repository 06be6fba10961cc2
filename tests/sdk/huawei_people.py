"""Users, agencies and their credentials of Huawei Cloud domains, as the admin API makes them."""

import secrets
from urllib.parse import quote

from huawei_support import Kms
from huaweicloudsdkcore.auth.credentials import BasicCredentials


class Person(Kms):
    """A caller with credentials that were issued; temporary ones come with a security token."""

    def __init__(self, domain, credential, project=None):
        self.token = credential.get("securitytoken")
        super().__init__(domain.endpoint, domain.name, project or domain.project, access_id=credential["access"],
                         secret=credential["secret"])
        if self.token:
            credentials = BasicCredentials(self.access_id, self.secret, self.project)
            self.sdk = self.client(credentials.with_security_token(self.token))

    def signed(self, method, path, body=b"", *, headers=None, **more):
        token = {"X-Security-Token": self.token} if self.token else {}
        return super().signed(method, path, body, headers={**token, **(headers or {})}, **more)

    def identity(self) -> dict:
        path = "/v5/caller-identity"
        answer = self.send("GET", path, headers=self.signed("GET", path))
        assert answer.status == 200, answer.body
        return answer.json


class Domain:
    """A domain of its own: its root, a project, and who else there is."""

    def __init__(self, endpoint, admin, name):
        self.endpoint, self.call_admin, self.name = endpoint, admin, name
        self.root = Kms(endpoint, name)
        self.project = self.root.project
        self.clock_account = f"test-{name}"

    def admin(self, path, method="GET", body=None, status=200):
        found, answer = self.call_admin(f"tenants/huawei/{quote(self.clock_account)}/{path}", method, body)
        assert found == status, (found, answer)
        return answer

    def person(self, credential, project=None) -> Person:
        return Person(self, credential, project)

    def user(self, *actions, denied=(), name=None) -> Person:
        """A user who may do this."""
        name = name or f"u{secrets.token_hex(6)}"
        made = self.admin(f"users/{name}", "PUT", {"actions": list(actions), "denied_actions": list(denied)})
        person = self.person(self.admin(f"users/{name}/access-keys", "POST"))
        person.user, person.user_id = name, made["id"]
        return person

    def allow(self, person, *actions, denied=()):
        """What a user may do from now on."""
        self.admin(f"users/{person.user}", "PUT", {"actions": list(actions), "denied_actions": list(denied)})
